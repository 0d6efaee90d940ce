/**
 * What a shop's developer extends: data in the constructor, work in `perform()`. An instance lives
 * twice: where it is enqueued, and where it is performed.
 */
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { JOBQUEUE } from "../constants"
import type { Duration } from "./duration"
import type { EnqueueOptions, SharedContext } from "./enqueue-options"
import type { Job } from "./job"
import type { JsonValue } from "./json"
import { outcome, type Outcome } from "./outcome"
import type { JobSettings } from "./settings"
import type { StandardSchema } from "./standard-schema"
import type { Store, StoreContext } from "./store-context"

/** What `perform` gets. `container` and `signal` are made at first use. */
export interface JobContext {
  /** The application's container, in a scope of this job: `currentStore` resolves to `store`. */
  readonly container: MedusaContainer
  /** The job's store as it is now (at most 5 s old); null in a shop without stores. */
  readonly store: Store | null
  /** Sales channel, locale, actor, event … of the moment when the job was enqueued. */
  readonly context: StoreContext
  /** Aborts at the job's timeout, when it is canceled, and when this process must give it up. */
  readonly signal: AbortSignal
  /** Medusa's logger; each line names the job. */
  readonly logger: Logger
  /** This attempt's number; 1 is the first. */
  readonly attempt: number
  readonly maxAttempts: number
  /** The job as it was claimed. */
  readonly job: Job
  /**
   * Commits what `work` writes together with the job's completion: both or neither, so exactly once, also when the
   * process dies in between. `trx` is a knex transaction on the application's connections; only SQL that runs on it
   * takes part, no call of another module. What `work` returns is the job's `result`; after the commit the job is
   * completed, whatever `perform` does then. One commit in a perform; after a rollback it may be called again.
   * @throws whatever `work` throws, after the rollback; `JobAborted` when another process has the job by now
   */
  transaction<T extends JsonValue | void>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T>
}

/** What `perform` may return. A JSON value is kept as the job's `result`. */
export type PerformResult = JsonValue | Outcome | void

/**
 * The static side of a job class. It is checked when it is registered, and before its first enqueue.
 * `timeout` may be any text here, because a plain `static timeout = "30s"` is one to the compiler.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a class of any payload
export interface JobClass<P = any> extends Omit<JobSettings, "timeout"> {
  new (payload: P): AbstractJob<P>
  /** The stable name of the class, stored on each job, for example `"erp.send-order"`. */
  readonly identifier: string
  /** The queue of its jobs. Default: the plugin's `defaultQueue`. */
  readonly queue?: string
  /** What one attempt may take, in milliseconds or as `"30s"`. Default: no limit. */
  readonly timeout?: Duration | string | null
  /** Checks the payload at enqueue, and again before perform. Any Standard Schema, such as a zod object. */
  readonly schema?: StandardSchema
  /** `false` deletes a completed job at once. Default `true`: kept for the retention time. */
  readonly keep?: boolean
}

/** The service's verb that `AbstractJob.enqueue` needs; the container holds it as `jobqueue`. */
interface Enqueuer {
  enqueue<P>(
    job: JobClass<P>,
    payload: P,
    options?: EnqueueOptions,
    sharedContext?: SharedContext
  ): Promise<Job>
}

export abstract class AbstractJob<P = JsonValue> {
  /** Undefined until the job is enqueued. Unique for ever: a good idempotency key. */
  id: string | undefined
  /** While performed: the payload as the class's schema gave it. */
  readonly payload: P
  #name: string | undefined

  constructor(payload: P) {
    this.payload = payload
  }

  /** The job's work. Throw to have it tried again. */
  abstract perform(context: JobContext): Promise<PerformResult> | PerformResult

  /** What a person reads in the admin; default is the identifier. */
  setName(name: string): this {
    this.#name = name
    return this
  }

  /**
   * Writes the job; a worker performs it.
   * @param container - any container that resolves the module: a subscriber's, a route's scope, a step's
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
      this.constructor as JobClass<P>,
      this.payload,
      { ...(this.#name === undefined ? {} : { name: this.#name }), ...options },
      sharedContext
    )
    this.id = job.id
    return job
  }

  /** Counts as a failed attempt; tried again after `in`, by default after the backoff. */
  protected retry(details: { in?: Duration; reason?: string } = {}): Outcome<"retry"> {
    return outcome("retry", details)
  }

  /** Runs again after `time`; does not count as an attempt. */
  protected snooze(time: Duration): Outcome<"snooze"> {
    return outcome("snooze", { for: time })
  }

  /** Sets the job aside until a person lets it go. */
  protected hold(reason: string): Outcome<"hold"> {
    return outcome("hold", { reason })
  }

  /** Fails for good, whatever attempts are left. */
  protected fail(reason: string): Outcome<"fail"> {
    return outcome("fail", { reason })
  }

  /** Ends the job as canceled: it is no longer wanted. */
  protected cancel(reason: string): Outcome<"cancel"> {
    return outcome("cancel", { reason })
  }
}
