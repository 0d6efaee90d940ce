/** All continuous workers of this process: one per queue, started together, woken by hints, drained at the end. */
import type { Logger } from "@medusajs/framework/types"
import { pause } from "../lifecycle/pause"
import type { Listener } from "./listener"
import type { Worker } from "./worker"
import type { WorkerSettings } from "./worker-host"
import type { WorkerProcess } from "./worker-process"

const START_RETRY_MILLISECONDS = 2000

interface SupervisorDependencies {
  process: WorkerProcess
  /** Undefined where nothing can listen: behind a transaction pooler. */
  listener: Listener | undefined
  logger: Logger
  /** Asked at the start, when all job classes are known. */
  queues: () => WorkerSettings[]
}

export class Supervisor {
  readonly #deps: SupervisorDependencies
  readonly #stopping = new AbortController()
  #workers: Worker[] = []
  #starting: Promise<void> | undefined

  constructor(deps: SupervisorDependencies) {
    this.#deps = deps
  }

  /** Resolves when the workers run. While the database can't be reached it tries again, for ever. */
  start(): Promise<void> {
    this.#starting ??= this.#start()
    return this.#starting
  }

  /** Looks for jobs now, in those of the queues that are served here; in all of them when none is named. */
  wake(queues?: readonly string[]): void {
    for (const worker of this.#workers) {
      if (!queues || queues.includes(worker.queue)) {
        worker.wake()
      }
    }
  }

  /** Takes no more jobs, at once; those that run go on. */
  async stopClaiming(): Promise<void> {
    this.#stopping.abort()
    await this.#deps.process.stopClaiming()
  }

  /** Ends everything in good order. */
  async stop(grace: number): Promise<void> {
    await this.stopClaiming()
    await this.#starting
    await this.#deps.listener?.stop()
    await this.#deps.process.stop(grace)
  }

  async #start(): Promise<void> {
    const { process, listener, logger, queues } = this.#deps
    while (!(await this.#begin()) && !this.#stopping.signal.aborted) {
      await pause(START_RETRY_MILLISECONDS, this.#stopping.signal)
    }
    if (this.#stopping.signal.aborted) {
      return
    }
    listener?.start()
    this.#workers = queues().map((settings) => process.addWorker(settings))
    this.#workers.forEach((worker) => worker.start())
    logger.info(`[jobqueue] working on ${this.#workers.map(({ queue }) => queue).join(", ")}`)
  }

  async #begin(): Promise<boolean> {
    try {
      await this.#deps.process.start()
      return true
    } catch (error) {
      this.#deps.logger.error("[jobqueue] the workers could not start; they try again", error as Error)
      return false
    }
  }
}
