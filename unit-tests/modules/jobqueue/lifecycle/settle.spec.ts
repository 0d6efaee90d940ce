import type { Deviation, QueueBackend } from "../../../../src/modules/jobqueue/backend/contract"
import type { Run } from "../../../../src/modules/jobqueue/lifecycle/run"
import { Settler } from "../../../../src/modules/jobqueue/lifecycle/settle"
import type { Settlement } from "../../../../src/modules/jobqueue/table/settle"

const settlement = (id: number, worker = 1) =>
  ({ id, claim: worker * 1_000_000_000 + 1, attempt: 1, conclusion: { state: "completed" } }) as Settlement

/** A settler, and a way to push that resolves when the run is told that its settlement is written. */
function settlerOf(backend: QueueBackend) {
  const told = new Map<Run, () => void>()
  const settler = new Settler(backend, logger, (run) => told.get(run)?.())
  const push = (one: Settlement) =>
    new Promise<void>((resolve) => {
      const run = {} as Run
      told.set(run, resolve)
      settler.push(run, one)
    })
  return { settler, push }
}

/** A backend whose answers to settle the test decides; the real one is tested with a database. */
function backendThat(answer: (ids: number[], again: boolean) => Promise<Map<number, Deviation>>) {
  const batches: { ids: number[]; again: boolean }[] = []
  const settle: QueueBackend["settle"] = (batch, again) => {
    const ids = batch.map(({ id }) => id)
    batches.push({ ids, again })
    return answer(ids, again)
  }
  return { batches, backend: { settle } as QueueBackend }
}

const logged: string[] = []
const logger = {
  warn: (text: string) => logged.push(text),
  error: (text: string) => logged.push(text),
} as never

describe("the settler", () => {
  beforeEach(() => {
    logged.length = 0
  })

  it("writes what ends in one tick together, and what comes meanwhile as the next batch", async () => {
    let isSent: () => void = () => undefined
    let answer: () => void = () => undefined
    const sent = new Promise<void>((resolve) => (isSent = resolve))
    const answered = new Promise<void>((resolve) => (answer = resolve))
    const { batches, backend } = backendThat(async () => {
      isSent()
      await answered
      return new Map()
    })
    const { push } = settlerOf(backend)
    const pushed = [push(settlement(1)), push(settlement(2))]
    await sent
    pushed.push(push(settlement(3)), push(settlement(4)))
    answer()
    await Promise.all(pushed)

    expect(batches.map(({ ids }) => ids)).toEqual([
      [1, 2],
      [3, 4],
    ])
  })

  it("sends a batch again until it is written, and says that it does", async () => {
    let failures = 2
    const { batches, backend } = backendThat(() =>
      failures-- > 0 ? Promise.reject(new Error("no database")) : Promise.resolve(new Map())
    )

    await settlerOf(backend).push(settlement(1))

    expect(batches.map(({ again }) => again)).toEqual([false, true, true])
    expect(logged).toEqual(Array.from({ length: 2 }, () => expect.stringContaining("kept and sent again")))
  })

  it("puts no outcomes of two worker ids into one batch: the fence of a batch is exact for one", async () => {
    const { batches, backend } = backendThat(() => Promise.resolve(new Map()))
    const { push } = settlerOf(backend)

    await Promise.all([push(settlement(1)), push(settlement(2, 2)), push(settlement(3, 2))])

    expect(batches.map(({ ids }) => ids)).toEqual([[1], [2, 3]])
  })

  it("reports an outcome that was refused", async () => {
    const { backend } = backendThat((ids) => Promise.resolve(new Map(ids.map((id) => [id, "refused"]))))

    await settlerOf(backend).push(settlement(7))

    expect(logged).toEqual([
      expect.stringContaining('job #7 (attempt 1): its outcome "completed" was refused'),
    ])
  })

  it("gives up at the end of the process, and says what runs again", async () => {
    const { backend } = backendThat(() => Promise.reject(new Error("no database")))
    const { settler, push } = settlerOf(backend)
    const pushed = push(settlement(1))
    settler.giveUp()
    await pushed

    expect(logged).toEqual([expect.stringContaining("1 outcomes are given up")])
  })
})
