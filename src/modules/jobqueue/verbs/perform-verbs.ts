/** The verbs that perform a job now, in this process, instead of writing it first. */
import { shutDown } from "../errors/enqueue"
import type { JobClass } from "../job/abstract-job"
import type {
  PerformedJob,
  PerformImmediateOptions,
  PerformNowOptions,
  UnwrittenJob,
} from "../job/performed-job"
import { EnqueueVerbs } from "./enqueue-verbs"

export class PerformVerbs extends EnqueueVerbs {
  /**
   * Performs the job now, in the store context that an enqueue would give it. Done or canceled, it leaves no row. When it
   * fails it is queued for its next attempt instead of throwing; so it is when it asks to be retried, snoozed or held.
   * @param target - the job class, or an identifier that this process knows
   * @param options - those of an enqueue, but no time; and the `retryQueue`
   * @returns the job: `id` is null when it left no row, `error` is this attempt's
   * @throws MedusaError (INVALID_DATA) for a payload or an option that is not valid; nothing was performed then.
   *   (DB_ERROR) when it was performed, failed, and could not be queued: `cause` is what the job threw
   */
  performImmediate<P>(
    target: JobClass<P> | string,
    payload: P,
    options: PerformImmediateOptions = {}
  ): Promise<PerformedJob> {
    return this.performer_().performImmediate(target, payload, options)
  }

  /**
   * The same for whoever wants the error: throws what the job throws, and queues nothing.
   * @returns the job, completed or canceled; `id` is null
   * @throws what the job threw; MedusaError (NOT_ALLOWED) when it asked to be retried, snoozed, held or failed
   */
  performNow<P>(
    target: JobClass<P> | string,
    payload: P,
    options: PerformNowOptions = {}
  ): Promise<UnwrittenJob> {
    return this.performer_().performNow(target, payload, options)
  }

  protected performer_() {
    if (this.engine_.database.isClosed) {
      throw shutDown()
    }
    return this.engine_.immediatePerformer
  }
}
