import { JobAborted, Run } from "../../../../src/modules/jobqueue/lifecycle/run"
import type { ClaimedJob } from "../../../../src/modules/jobqueue/table/claim"

const runOf = (timeout: number | null = null) => new Run({ job: { timeout } } as ClaimedJob)

describe("a run", () => {
  beforeEach(() => jest.useFakeTimers())
  afterEach(() => jest.useRealTimers())

  it("brings what its work brings", async () => {
    await expect(runOf().follow(() => Promise.resolve(42))).resolves.toBe(42)
    await expect(runOf().follow(() => Promise.reject(new Error("no")))).rejects.toThrow("no")
  })

  it("aborts a signal that was asked for before, and one that is asked for afterwards", () => {
    const run = runOf()
    const { signal } = run
    run.abort("canceled")
    expect(signal.reason).toBeInstanceOf(JobAborted)

    const later = runOf()
    later.abort("shutdown")
    expect(String(later.signal.reason)).toContain("shuts down")
  })

  it("keeps the first cause", () => {
    const run = runOf()
    run.abort("timeout")
    run.abort("canceled")
    expect(run.cause).toBe("timeout")
  })

  it("takes the place away from a handler that ignores its aborted signal", async () => {
    const run = runOf(1000)
    const following = run.follow(() => new Promise(() => undefined))
    const outcome = expect(following).rejects.toThrow("timeout is over")
    await jest.advanceTimersByTimeAsync(1000)
    expect(run.cause).toBe("timeout")
    await jest.advanceTimersByTimeAsync(5000)
    await outcome
  })

  it("is not aborted any more once it is over", async () => {
    const run = runOf()
    await run.follow(() => Promise.resolve())
    run.abort("shutdown")
    expect(run.cause).toBeUndefined()
  })
})
