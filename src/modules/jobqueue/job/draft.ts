/** A job as its caller fills it in, before and while it is enqueued. */
import type { MedusaContainer } from "@medusajs/framework/types"
import { JOBQUEUE } from "../constants"
import type { Backoff } from "./backoff"
import type { Duration } from "./duration"
import { INSTANCE, type EnqueueOptions, type SharedContext } from "./enqueue-options"
import type { EnqueuedJob, JobResource } from "./job"
import type { PerformedJob, PerformImmediateOptions, PerformNowOptions, UnwrittenJob } from "./performed-job"
import type { JobSource, StoreContext } from "./store-context"
import type { UniqueOptions } from "./unique"

/** The service's verbs that a draft needs; the container holds it as `jobqueue`. */
interface Enqueuer {
  enqueue(
    job: unknown,
    payload: unknown,
    options: EnqueueOptions,
    sharedContext?: SharedContext
  ): Promise<EnqueuedJob>
  performImmediate(job: unknown, payload: unknown, options: PerformImmediateOptions): Promise<PerformedJob>
  performNow(job: unknown, payload: unknown, options: PerformNowOptions): Promise<UnwrittenJob>
}

export abstract class JobDraft<P> {
  /** Undefined until the job is enqueued. Unique for ever: a good idempotency key. */
  id: string | undefined
  /** While performed: the payload as the class's schema gave it. */
  readonly payload: P
  #options: EnqueueOptions = NOTHING_SAID

  constructor(payload: P) {
    this.payload = payload
  }

  /** What a person reads in the admin; default is the class's name template, else the identifier. */
  setName(name: string): this {
    return this.#say({ name })
  }

  /** The queue to be performed in, instead of the class's. */
  setQueue(queue: string): this {
    return this.#say({ queue })
  }

  /** Lower runs first; see `JobPriority`. */
  setPriority(priority: number): this {
    return this.#say({ priority })
  }

  /** Not before this time has passed; not together with `setRunAt`. */
  setDelay(delay: Duration): this {
    return this.#say({ delay })
  }

  /** Not before this moment, a Date or an ISO 8601 text with a zone; not together with `setDelay`. */
  setRunAt(runAt: Date | string): this {
    return this.#say({ runAt })
  }

  setTags(tags: string[]): this {
    return this.#say({ tags })
  }

  /** What the job is about; one thing or several. */
  setResource(resource: JobResource | readonly JobResource[]): this {
    return this.#say({ resource })
  }

  /** The id of the store in whose context the job runs. */
  setStore(store: string): this {
    return this.#say({ store })
  }

  /** Adds to, or overrides, what is found out about the store context. */
  setContext(context: StoreContext): this {
    return this.#say({ context })
  }

  /** The subscriber's `event` or the route's `req` that this job comes from. */
  setFrom(from: JobSource): this {
    return this.#say({ from })
  }

  /** Enqueues nothing new while a job of this class has the key. */
  setUnique(unique: UniqueOptions): this {
    return this.#say({ unique })
  }

  setMaxAttempts(maxAttempts: number): this {
    return this.#say({ maxAttempts })
  }

  /** The wait between attempts. */
  setBackoff(backoff: Backoff): this {
    return this.#say({ backoff })
  }

  /** What one attempt may take; null is without limit. */
  setTimeout(timeout: Duration | null): this {
    return this.#say({ timeout })
  }

  /** `false` deletes the job at once when it completes. */
  setKeep(keep: boolean): this {
    return this.#say({ keep })
  }

  /**
   * Writes the job; a worker performs it.
   * @param container - any container that resolves the module: a subscriber's, a route's scope, a step's
   * @param options - win over what was set before
   * @param sharedContext - enqueue in this database transaction: gone when it rolls back
   * @throws MedusaError when the payload or an option is invalid; then nothing was written
   */
  async enqueue(
    container: Pick<MedusaContainer, "resolve">,
    options: EnqueueOptions = {},
    sharedContext?: SharedContext
  ): Promise<EnqueuedJob> {
    const jobqueue = container.resolve<Enqueuer>(JOBQUEUE)
    const job = await jobqueue.enqueue(
      this.constructor,
      this.payload,
      { ...this.#options, ...options, ...("onEnqueue" in this && { [INSTANCE]: this }) },
      sharedContext
    )
    this.id = job.id
    return job
  }

  /**
   * Performs the job now, in this process, in the store context that an enqueue would give it. Done or canceled, it
   * leaves no row and `id` is null. When it fails it is queued for its next attempt, instead of throwing; so it is when it
   * asks to be retried, snoozed or held.
   * @param options - those of `enqueue`, but no time; `retryQueue`: where it is tried again, by default its own queue
   * @throws MedusaError when the payload or an option is invalid (nothing was performed), or when the failed job could
   *   not be queued; then `cause` is what it threw
   */
  async performImmediate(
    container: Pick<MedusaContainer, "resolve">,
    options: PerformImmediateOptions = {}
  ): Promise<PerformedJob> {
    const jobqueue = container.resolve<Enqueuer>(JOBQUEUE)
    const asked = { ...this.#options, ...options }
    const job = await jobqueue.performImmediate(this.constructor, this.payload, asked)
    this.id = job.id ?? undefined
    return job
  }

  /**
   * Performs the job now, in this process, and queues nothing: for whoever handles the error.
   * @throws what the job throws; MedusaError when it asks to be retried, snoozed, held or failed
   */
  performNow(
    container: Pick<MedusaContainer, "resolve">,
    options: PerformNowOptions = {}
  ): Promise<UnwrittenJob> {
    const jobqueue = container.resolve<Enqueuer>(JOBQUEUE)
    return jobqueue.performNow(this.constructor, this.payload, { ...this.#options, ...options })
  }

  #say(options: EnqueueOptions): this {
    this.#options = { ...this.#options, ...options }
    return this
  }
}

/** Of all jobs that say nothing: one is made for each performed job. */
const NOTHING_SAID: EnqueueOptions = Object.freeze({})
