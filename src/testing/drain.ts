/** Performs jobs in a test until there is nothing left to do, without a worker that runs beside it. */
import type { Engine } from "../modules/jobqueue/composition/engine"
import { shiftTime, untilNextDue } from "../modules/jobqueue/table/shift-time"
import { listPendingQueues } from "../modules/jobqueue/table/live-states"
import { neverDrained } from "./errors"
import { engineOf, type Testable } from "./engine"

export interface DrainOptions {
  /** Default: every queue that has jobs. */
  queue?: string | readonly string[]
  /**
   * - `"idle"` (default): until nothing is pending; jobs that wait for their time stay.
   * - `"finished"`: until nothing is pending, scheduled or retrying: the clock is moved from one due job to the next, as
   *   by `fakeClock`. Held jobs, and those that wait for a third party, stay.
   */
  until?: "idle" | "finished"
  /** Attempts at most, so that a job that always comes back ends the test and not its patience. Default 10,000. */
  limit?: number
}

const DEFAULT_LIMIT = 10_000

/**
 * Performs the jobs in this process, in their order, each in its store context, and answers how many attempts it began.
 * What the jobs enqueue is performed too.
 * @throws MedusaError when `limit` attempts were begun and there is still something to do
 */
export async function drain(container: Testable, options: DrainOptions = {}): Promise<number> {
  const engine = engineOf(container)
  const queues = options.queue === undefined ? undefined : [options.queue].flat()
  const { limit = DEFAULT_LIMIT, until = "idle" } = options
  let performed = 0
  do {
    performed += await drainPending(engine, queues)
    if (performed > limit) {
      throw neverDrained(limit)
    }
  } while (until === "finished" && (await moveToNextDue(engine, queues)))
  return performed
}

async function drainPending(engine: Engine, queues: readonly string[] | undefined): Promise<number> {
  let performed = 0
  for (;;) {
    await engine.workerProcess.start()
    await engine.callbacks.handOverKept()
    await engine.workerProcess.promoteDue()
    const pending = await listPendingQueues(engine.database, engine.catalog.known(), queues)
    const begun = await Promise.all(pending.map((queue) => engine.inline.performPending(queue)))
    const sum = begun.reduce((total, count) => total + count, 0)
    performed += sum
    if (sum === 0) {
      return performed
    }
  }
}

/** False when no job waits for its time. */
async function moveToNextDue(engine: Engine, queues: readonly string[] | undefined): Promise<boolean> {
  const milliseconds = await untilNextDue(engine.database, queues)
  if (milliseconds === undefined) {
    return false
  }
  await shiftTime(engine.database, Math.ceil(milliseconds))
  return true
}
