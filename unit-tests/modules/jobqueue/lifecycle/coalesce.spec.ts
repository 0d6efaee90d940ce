import type { QueueBackend } from "../../../../src/modules/jobqueue/backend/contract"
import { Coalescer } from "../../../../src/modules/jobqueue/lifecycle/coalesce"
import type { NewJob, WrittenJob } from "../../../../src/modules/jobqueue/table/new-job"

const job = (name: string) => ({ name, facts: { queue: "q" }, runAt: null, delay: 0 }) as NewJob
const names = (jobs: readonly NewJob[]) => jobs.map(({ name }) => name)

/** A backend that refuses jobs by these names, as the database refuses data; the real one is tested with it. */
function backendThatRefuses(refused: readonly string[], code = "22P02") {
  const statements: { names: string[]; announced: readonly string[] }[] = []
  const enqueue: QueueBackend["enqueue"] = (jobs, announced) => {
    statements.push({ names: names(jobs), announced })
    return names(jobs).some((name) => refused.includes(name))
      ? Promise.reject(Object.assign(new Error("refused"), { code }))
      : Promise.resolve(jobs.map(({ name }) => ({ id: Number(name) }) as WrittenJob))
  }
  return { statements, backend: { enqueue } as QueueBackend }
}

describe("coalesced enqueues", () => {
  const woken: (boolean | undefined)[] = []
  const waker = { mayAnnounce: () => true, wake: (_: readonly string[], is?: boolean) => void woken.push(is) }
  beforeEach(() => (woken.length = 0))

  it("of one tick are one statement, and each caller gets its own rows", async () => {
    const { statements, backend } = backendThatRefuses([])
    const coalescer = new Coalescer(backend, waker)

    const answers = await Promise.all(
      [["1"], ["2", "3"], ["4"]].map((list) => coalescer.write(list.map(job)))
    )

    expect(statements).toEqual([{ names: ["1", "2", "3", "4"], announced: ["q"] }])
    expect(answers.map((rows) => rows.map(({ id }) => id))).toEqual([[1], [2, 3], [4]])
    expect(woken).toEqual([true])
  })

  it("go one by one when the data of one is refused, which fails alone", async () => {
    const { statements, backend } = backendThatRefuses(["2"])
    const coalescer = new Coalescer(backend, waker)

    const answers = await Promise.allSettled(["1", "2", "3"].map((name) => coalescer.write([job(name)])))

    expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"])
    expect(statements.map((one) => one.names)).toEqual([["1", "2", "3"], ["1"], ["2"], ["3"]])
  })

  it("are not sent again when it is not known what became of them", async () => {
    const { statements, backend } = backendThatRefuses(["1"], "08006")
    const coalescer = new Coalescer(backend, waker)

    const answers = await Promise.allSettled(["1", "2"].map((name) => coalescer.write([job(name)])))

    expect(answers.map(({ status }) => status)).toEqual(["rejected", "rejected"])
    expect(statements).toHaveLength(1)
  })

  it("of more jobs than a statement takes are several, none of them divided", async () => {
    const { statements, backend } = backendThatRefuses([])
    const coalescer = new Coalescer(backend, waker)

    await Promise.all(
      [700, 700, 1].map((count) => coalescer.write(Array.from({ length: count }, () => job("1"))))
    )

    expect(statements.map((one) => one.names.length)).toEqual([700, 701])
  })
})
