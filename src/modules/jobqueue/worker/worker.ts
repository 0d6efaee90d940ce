/** One queue's worker in this process: claims as many jobs as it has free places, quick ones ahead, and performs them. */
import type { Logger } from "@medusajs/framework/types"
import type { Wanted } from "../lifecycle/claim"
import { Run, type RunOwner } from "../lifecycle/run"
import { roundedLimit } from "../table/claim"
import type { ClaimedJob } from "../table/claimed-job"
import { ClaimedAhead } from "./claimed-ahead"
import { Loop } from "./loop"
import { Pace } from "./pace"
import type { WorkerHost, WorkerSettings } from "./worker-host"

export class Worker implements RunOwner {
  readonly #settings: WorkerSettings
  readonly #host: WorkerHost
  readonly #loop: Loop
  readonly #pace: Pace
  readonly #ahead = new ClaimedAhead()
  #performing = 0
  #unsettled = 0
  /** Places that become free for suspects, and for nothing that was claimed ahead. */
  #kept = 0
  #isFilling = false
  #isStopping = false
  /** The last claim brought as many as were asked for: more are pending. */
  #isDeep = false
  #onFreePlace: (() => void) | undefined
  #onAllSettled: (() => void) | undefined

  constructor(settings: WorkerSettings, host: WorkerHost, logger: Logger) {
    this.#settings = settings
    this.#host = host
    this.#pace = new Pace(settings.prefetch)
    this.#loop = new Loop({
      name: `the worker of queue "${settings.queue}"`,
      interval: () => Math.min(settings.pollInterval, host.untilFullClaim(settings.queue)),
      logger,
      step: () => this.#step(),
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

  /** Takes no more jobs; those that run go on, those claimed ahead are given back. */
  async stopClaiming(): Promise<void> {
    this.#isStopping = true
    this.#onFreePlace = undefined
    await this.#loop.stop()
    await this.#host.release(this.#ahead.takeAll())
  }

  /** Claims once, into the free places but at most `limit`, and begins what it got. Answers how many. */
  async claim(limit = Infinity): Promise<number> {
    const suspects = await this.#claimSuspects(limit)
    const places = Math.min(this.#freePlaces, limit - suspects)
    return (
      suspects + (places > 0 ? await this.#claim({ queue: this.queue, limit: places, kind: "direct" }) : 0)
    )
  }

  /** True while jobs that this worker claimed are being performed. */
  get isBusy(): boolean {
    return this.#performing > 0
  }

  /** Held by this process, not begun. */
  get claimedAhead(): readonly ClaimedJob[] {
    return this.#ahead.jobs
  }

  /** Gives back what was claimed ahead and could not begin for a while: something slow is in its way here. */
  async releaseStale(): Promise<void> {
    const now = performance.now()
    const stale = this.#ahead.takeStale(now)
    if (stale.length > 0) {
      this.#pace.pause(now)
      await this.#host.release(stale)
    }
  }

  /** Forgets what was claimed ahead: this process lost its lease, and others take it. */
  forgetAhead(): void {
    this.#ahead.takeAll()
  }

  /** Resolves when the next job has been performed. */
  nextFreePlace(): Promise<void> {
    return new Promise((resolve) => {
      this.#onFreePlace = resolve
    })
  }

  /** Resolves when the outcome of every job that it began is written. */
  async allSettled(): Promise<void> {
    if (this.#unsettled > 0) {
      await new Promise<void>((resolve) => (this.#onAllSettled = resolve))
    }
  }

  onPerformed(run: Run): void {
    this.#performing--
    this.#pace.note(run.duration, run.endedAt)
    this.#fill(run.endedAt)
    if (this.#ahead.size === 0 || this.#kept > 0) {
      this.#onFreePlace?.()
    }
  }

  /** A suspect's turn lasts until its outcome is written: the next one may kill this process. */
  onSettled(run: Run): void {
    if (run.isSuspect) {
      this.#host.suspects.end(run.claimed)
      this.#onFreePlace?.()
    }
    if (--this.#unsettled === 0) {
      this.#onAllSettled?.()
    }
  }

  async #step(): Promise<boolean> {
    const suspects = await this.#claimSuspects()
    const ahead = this.#isDeep ? this.#pace.ahead(performance.now()) : 0
    const limit = this.#freePlaces + ahead
    // While some wait that were claimed ahead, a place that becomes free is theirs; the last one wakes this loop.
    if (limit <= 0 || this.#ahead.size > 0) {
      return suspects > 0
    }
    await this.#claim({ queue: this.queue, limit, kind: ahead > 0 ? "prefetch" : "direct" })
    return suspects > 0 || this.#isDeep
  }

  async #claim(wanted: Omit<Wanted, "identifiers">): Promise<number> {
    const limit = roundedLimit(wanted.limit)
    const jobs = await this.#host.claim({ ...wanted, limit })
    this.#isDeep = jobs.length === limit
    const now = performance.now()
    this.#ahead.add(jobs, now)
    this.#fill(now)
    return jobs.length
  }

  /** Begins those suspects whose turn it is. Without a free place, the next ones are kept for them. */
  async #claimSuspects(limit = Infinity): Promise<number> {
    const { suspects, claim } = this.#host
    const { concurrency } = this.#settings
    let begun = 0
    const next = () => (this.#isStopping ? undefined : suspects.turn(this.queue, performance.now()))
    for (let turn = next(); turn; turn = next()) {
      const places = Math.min(turn.limit, limit - begun, concurrency - this.#performing)
      this.#kept = Math.min(turn.limit, concurrency)
      if (places <= 0) {
        return begun
      }
      const jobs = await suspects.claim({ ...turn, limit: places }, claim)
      jobs.forEach((job) => this.#begin(job, true))
      begun += jobs.length
    }
    this.#kept = 0
    return begun
  }

  get #freePlaces(): number {
    return this.#settings.concurrency - this.#performing - this.#ahead.size
  }

  /** Not recursive: a job may end at once. */
  #fill(now: number): void {
    if (this.#isFilling) {
      return
    }
    this.#isFilling = true
    while (!this.#isStopping && this.#performing + this.#kept < this.#settings.concurrency) {
      const job = this.#ahead.take(now)
      if (!job) {
        break
      }
      this.#begin(job, false)
    }
    this.#isFilling = false
  }

  #begin(job: ClaimedJob, isSuspect: boolean): void {
    this.#performing++
    this.#unsettled++
    this.#host.begin(new Run(job, this, isSuspect))
  }
}
