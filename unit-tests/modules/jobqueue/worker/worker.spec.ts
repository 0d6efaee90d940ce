import { setImmediate as turnOfTheLoop } from "node:timers/promises"
import type { Run } from "../../../../src/modules/jobqueue/lifecycle/run"
import type { ClaimedJob } from "../../../../src/modules/jobqueue/table/claimed-job"
import { Suspects } from "../../../../src/modules/jobqueue/worker/suspects"
import { Worker } from "../../../../src/modules/jobqueue/worker/worker"
import type { WorkerHost } from "../../../../src/modules/jobqueue/worker/worker-host"

const SETTINGS = { queue: "default", concurrency: 2, prefetch: 50, pollInterval: 60_000 }
const QUIET = { error() {} } as never
/** Jobs that must have run before some are claimed ahead. */
const ENOUGH = 20

/** A process whose queue is never empty; the test says when a job has run. */
class Host implements WorkerHost {
  readonly suspects = new Suspects()
  readonly begun: Run[] = []
  readonly claimed: string[] = []

  claim: WorkerHost["claim"] = ({ kind = "direct", limit }) => {
    this.claimed.push(kind)
    return Promise.resolve(Array.from({ length: limit }, () => ({}) as ClaimedJob))
  }
  begin = (run: Run) => void this.begun.push(run)
  release = () => Promise.resolve()
  untilFullClaim = () => 60_000

  async endOne(): Promise<void> {
    const run = this.begun.shift()!
    run.owner.onPerformed(run)
    run.owner.onSettled(run)
    await turnOfTheLoop()
  }
}

describe("a worker of a queue with many quick jobs", () => {
  it("gives the next free place to a job whose process died, and not to what it has claimed ahead", async () => {
    const host = new Host()
    const worker = new Worker(SETTINGS, host, QUIET)
    worker.start()
    await turnOfTheLoop()
    for (let job = 0; job < ENOUGH; job++) {
      await host.endOne()
    }
    expect(host.claimed.at(-1)).toBe("prefetch")

    host.suspects.seen([{ queue: "default", isRepeated: false, isOverdue: false }])
    worker.wake()
    await turnOfTheLoop()
    expect(host.begun.map(({ isSuspect }) => isSuspect)).toEqual([false, false])
    await host.endOne()

    expect(host.begun.map(({ isSuspect }) => isSuspect)).toEqual([false, true])
    await worker.stopClaiming()
  })
})
