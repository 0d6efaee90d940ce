/** A job as its caller fills it in, before and while it is enqueued. */
import type { MedusaContainer } from "@medusajs/framework/types"
import { JOBQUEUE } from "../constants"
import { INSTANCE, type EnqueueOptions, type SharedContext } from "./enqueue-options"
import type { Job } from "./job"
import type { PerformedJob, PerformImmediateOptions, PerformNowOptions, UnwrittenJob } from "./performed-job"

/** The service's verbs that a draft needs; the container holds it as `jobqueue`. */
interface Enqueuer {
  enqueue(
    job: unknown,
    payload: unknown,
    options: EnqueueOptions,
    sharedContext?: SharedContext
  ): Promise<Job>
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

  /** What a person reads in the admin; default is the identifier. */
  setName(name: string): this {
    return this.#say({ name })
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
  ): Promise<Job> {
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
