/** Jobs that were claimed ahead and wait here for a free place, in their order. */
import type { ClaimedJob } from "../table/claimed-job"

/** Who waits longer goes back to the table, where another process may take it. */
const STALE_MILLISECONDS = 1000

export class ClaimedAhead {
  #jobs: ClaimedJob[] = []
  /** The first that still waits: removing from the front of an array costs its length. */
  #head = 0
  #changedAt = 0

  get size(): number {
    return this.#jobs.length - this.#head
  }

  get jobs(): readonly ClaimedJob[] {
    return this.#jobs.slice(this.#head)
  }

  add(jobs: readonly ClaimedJob[], now: number): void {
    this.#jobs = this.size === 0 ? [...jobs] : [...this.jobs, ...jobs]
    this.#head = 0
    this.#changedAt = now
  }

  take(now: number): ClaimedJob | undefined {
    const job = this.#jobs[this.#head]
    if (job) {
      this.#head++
      this.#changedAt = now
    }
    return job
  }

  /** Removes and answers all, when none could begin for a while. */
  takeStale(now: number): readonly ClaimedJob[] {
    return now - this.#changedAt > STALE_MILLISECONDS ? this.takeAll() : []
  }

  takeAll(): readonly ClaimedJob[] {
    const { jobs } = this
    this.#jobs = []
    this.#head = 0
    return jobs
  }
}
