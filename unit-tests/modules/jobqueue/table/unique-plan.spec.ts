import { toUnique, type UniqueOptions } from "../../../../src/modules/jobqueue/job/unique"
import type { NewJob } from "../../../../src/modules/jobqueue/table/new-job"
import { planUnique, type StoredHolder } from "../../../../src/modules/jobqueue/table/unique-plan"

const job = (payload: string, unique?: Partial<UniqueOptions>, delay = 0) =>
  ({
    facts: { identifier: "erp.send" },
    payload,
    runAt: null,
    delay,
    ...(unique && { unique: toUnique({ key: "k", ...unique }) }),
  }) as unknown as NewJob

const held = (state: StoredHolder["state"], id = 7) => new Map([["k", { id, state, age: 0 }]])
const payloads = (jobs: readonly NewJob[]) => jobs.map(({ payload }) => payload)

describe("planUnique", () => {
  it("writes jobs without keys, free keys, and each key once", () => {
    const { inserts, answers } = planUnique(
      [job("1"), job("2", {}), job("3", {}), job("4", { key: "b" })],
      new Map()
    )
    expect(payloads(inserts)).toEqual(["1", "2", "4"])
    expect(answers).toEqual([
      { written: 0, isNew: true },
      { written: 1, isNew: true },
      { written: 1, isNew: false },
      { written: 2, isNew: true },
    ])
  })

  it("lets one job follow a running one, and changes that one from then on", () => {
    const unique = { onConflict: "replace" } as const
    const { inserts, changes, answers } = planUnique([job("1", unique), job("2", unique)], held("running"))
    expect(inserts).toMatchObject([{ payload: "2", after: 7 }])
    expect(changes).toEqual([])
    expect(answers).toEqual([
      { written: 0, isNew: true },
      { written: 0, isNew: false },
    ])
  })

  it("changes the job that has the key in the order of the calls", () => {
    const plan = planUnique(
      [job("1", { onConflict: "replace" }), job("2", { onConflict: "reschedule" }, 500), job("3", {})],
      held("scheduled")
    )
    expect(plan.changes.map(({ id, kind }) => [id, kind])).toEqual([
      [7, "replace"],
      [7, "reschedule"],
    ])
    expect(plan).toMatchObject({ inserts: [], answers: [{ id: 7 }, { id: 7 }, { id: 7 }] })
  })

  it("moves only the time of a job of the same call", () => {
    const { inserts } = planUnique([job("1", {}), job("2", { onConflict: "reschedule" }, 500)], new Map())
    expect(inserts).toMatchObject([{ payload: "1", delay: 500 }])
  })

  it("refuses a key that another request of the call has, when that is wanted", () => {
    expect(() => planUnique([job("1", {}), job("2", { onConflict: "error" })], new Map())).toThrow(
      "another job of the same call has its unique key"
    )
  })
})
