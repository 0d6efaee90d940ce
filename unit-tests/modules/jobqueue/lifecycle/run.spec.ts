import { JobAborted, Run } from "../../../../src/modules/jobqueue/lifecycle/run"
import type { ClaimedJob } from "../../../../src/modules/jobqueue/table/claimed-job"

const owner = { onPerformed: () => undefined, onSettled: () => undefined }
const runOf = (timeout: number | null = null) => new Run({ timeout } as ClaimedJob, owner)

/** What the run tells of `work`. */
const follow = (run: Run, perform: () => unknown) =>
  new Promise<unknown>((returned, thrown) => run.begin({ perform, returned, thrown }))

describe("a run", () => {
  beforeEach(() => jest.useFakeTimers())
  afterEach(() => jest.useRealTimers())

  it("brings what its work brings", async () => {
    await expect(follow(runOf(), () => Promise.resolve(42))).resolves.toBe(42)
    await expect(follow(runOf(), () => 43)).resolves.toBe(43)
    await expect(follow(runOf(), () => Promise.reject(new Error("no")))).rejects.toThrow("no")
    await expect(
      follow(runOf(), () => {
        throw new Error("at once")
      })
    ).rejects.toThrow("at once")
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
    const following = follow(run, () => new Promise(() => undefined))
    const outcome = expect(following).rejects.toThrow("timeout is over")
    await jest.advanceTimersByTimeAsync(1000)
    expect(run.cause).toBe("timeout")
    await jest.advanceTimersByTimeAsync(5000)
    await outcome
  })

  it("gets its time anew when it is extended, and never less than it had left", async () => {
    const run = runOf(1000)
    void follow(run, () => new Promise(() => undefined)).catch(() => undefined)
    await jest.advanceTimersByTimeAsync(900)
    run.extend(1000)
    run.extend(10)
    await jest.advanceTimersByTimeAsync(999)
    expect(run.cause).toBeUndefined()
    await jest.advanceTimersByTimeAsync(1)
    expect(run.cause).toBe("timeout")
  })

  it("gets no limit by being extended when it has none", async () => {
    const run = runOf()
    void follow(run, () => new Promise(() => undefined))
    run.extend(1000)
    await jest.advanceTimersByTimeAsync(2000)
    expect(run.cause).toBeUndefined()
  })

  it("is not aborted any more once it is over", async () => {
    const run = runOf()
    await follow(run, () => Promise.resolve())
    run.abort("shutdown")
    expect(run.cause).toBeUndefined()
  })
})
