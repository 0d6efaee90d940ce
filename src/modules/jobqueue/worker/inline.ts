/**
 * Mode `inline`: a job is performed in the process that enqueues it, before the enqueue returns, and no worker needs
 * to run. For development and tests; the tables, the claim and the settle are the same as ever.
 */
import type { Logger } from "@medusajs/framework/types"
import type { Job } from "../job/job"
import { pause } from "../lifecycle/pause"
import type { Database } from "../table/database"
import { findJobs } from "../table/find-jobs"
import { readLiveStates } from "../table/live-states"
import { runBounded } from "./scheduled-run"
import type { WorkerSettings } from "./worker-host"
import type { WorkerProcess } from "./worker-process"

/** The longest that a timer can wait. */
const FOR_EVER_MILLISECONDS = 2_147_483_647

const LOOK_MILLISECONDS = 20

interface InlineDependencies {
  database: Database
  logger: Logger
  workerProcess: WorkerProcess
  workerSettings: (queue: string) => WorkerSettings
}

export class Inline {
  readonly #deps: InlineDependencies

  constructor(deps: InlineDependencies) {
    this.#deps = deps
  }

  /** Performs all that is pending in a queue, and what becomes pending meanwhile. Answers how many jobs it began. */
  performPending(queue: string): Promise<number> {
    const { workerProcess, workerSettings } = this.#deps
    return runBounded(workerSettings(queue), workerProcess, {
      limit: Infinity,
      budget: FOR_EVER_MILLISECONDS,
    })
  }

  /** In the background: for jobs whose time came, or whose transaction committed after their enqueue. */
  performSoon(queues: readonly string[]): void {
    for (const queue of queues) {
      this.performPending(queue).catch((error: Error) =>
        this.#deps.logger.error(`[jobqueue] performing the jobs of queue "${queue}" inline failed`, error)
      )
    }
  }

  /** Performs each of these jobs once and answers them as they are then. One that nobody here may take is left pending. */
  async perform<J extends Job>(jobs: readonly J[]): Promise<J[]> {
    await this.#performAll(jobs.filter(({ state }) => state === "pending"))
    const found = await findJobs(
      this.#deps.database,
      jobs.map(({ id }) => Number(id))
    )
    const byId = new Map(found.map((job) => [job.id, job]))
    // A job that keeps nothing is gone once it is completed. The payload stays as the enqueue answers it, without secrets.
    return jobs.map((job) => ({
      ...job,
      ...(byId.get(job.id) ?? { state: "completed" }),
      payload: job.payload,
    }))
  }

  async #performAll(jobs: readonly Job[]): Promise<void> {
    const ids = jobs.map(({ id }) => Number(id))
    const queues = [...new Set(jobs.map(({ queue }) => queue))]
    while (ids.length > 0) {
      const begun = await Promise.all(queues.map((queue) => this.performPending(queue)))
      const states = await readLiveStates(this.#deps.database, ids)
      const isRunning = states.includes("running") // by another call, which took it together with its own
      const mayBeTaken = states.includes("pending") && begun.some((count) => count > 0)
      if (!isRunning && !mayBeTaken) {
        return
      }
      await pause(LOOK_MILLISECONDS)
    }
  }
}
