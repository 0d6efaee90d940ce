/** One queue's worker in this process: claims as many jobs as it has free places and performs them. */
import type { Logger } from "@medusajs/framework/types"
import { Run } from "../lifecycle/run"
import type { ClaimedJob } from "../table/claim"
import { Loop } from "./loop"

export interface WorkerSettings {
  queue: string
  /** Jobs performed at a time. */
  concurrency: number
  /** How often an idle worker looks for jobs, in milliseconds. */
  pollInterval: number
}

/** The process that a worker is part of: it holds the lease under which jobs are claimed and settled. */
export interface WorkerHost {
  claim: (queue: string, limit: number) => Promise<ClaimedJob[]>
  carryOut: (run: Run, onPerformed: () => void) => Promise<void>
}

export class Worker {
  readonly #settings: WorkerSettings
  readonly #host: WorkerHost
  readonly #loop: Loop
  #performing = 0
  readonly #unsettled = new Set<Promise<void>>()
  #onFreePlace: (() => void) | undefined

  constructor(settings: WorkerSettings, host: WorkerHost, logger: Logger) {
    this.#settings = settings
    this.#host = host
    this.#loop = new Loop({
      name: `the worker of queue "${settings.queue}"`,
      interval: settings.pollInterval,
      logger,
      step: async () => (await this.claim()) > 0,
    })
  }

  get queue(): string {
    return this.#settings.queue
  }

  /** Works continuously, until it is told to stop claiming. */
  start(): void {
    this.#onFreePlace = () => this.#loop.wake()
    this.#loop.start()
  }

  /** Looks for jobs now: some were enqueued, or became due. */
  wake(): void {
    this.#loop.wake()
  }

  /** Takes no more jobs; those that run go on. */
  async stopClaiming(): Promise<void> {
    this.#onFreePlace = undefined
    await this.#loop.stop()
  }

  /** Claims once, into the free places but at most `limit`, and begins what it got. Answers how many. */
  async claim(limit = Infinity): Promise<number> {
    const places = Math.min(this.#settings.concurrency - this.#performing, limit)
    if (places <= 0) {
      return 0
    }
    const jobs = await this.#host.claim(this.queue, places)
    for (const job of jobs) {
      this.#performing++
      const carriedOut = this.#host.carryOut(new Run(job), () => this.#free())
      this.#unsettled.add(carriedOut)
      void carriedOut.then(() => this.#unsettled.delete(carriedOut))
    }
    return jobs.length
  }

  /** True while jobs that this worker claimed are being performed. */
  get isBusy(): boolean {
    return this.#performing > 0
  }

  /** Resolves when the next job has been performed. */
  nextFreePlace(): Promise<void> {
    return new Promise((resolve) => {
      this.#onFreePlace = resolve
    })
  }

  /** Resolves when the outcome of every job that it claimed so far is written. */
  async settled(): Promise<void> {
    await Promise.all(this.#unsettled)
  }

  #free(): void {
    this.#performing--
    this.#onFreePlace?.()
  }
}
