/** The verbs that write jobs. */
import { shutDown } from "../errors/enqueue"
import type { JobClass } from "../job/abstract-job"
import type { EnqueueOptions, SharedContext } from "../job/enqueue-options"
import type { EnqueuedJob } from "../job/job"
import type { PayloadOf } from "../job/payload-of"
import type { JobRequest } from "../lifecycle/check-request"
import { openTransaction } from "../table/transaction"
import { BaseService } from "./base-service"

/** One of several jobs: its payload, and whatever else it says. */
export type EnqueueRequest<P> = EnqueueOptions & { payload: P }

export class EnqueueVerbs extends BaseService {
  /**
   * Writes one job.
   * @param job - the job class
   * @param sharedContext - your module's shared context, or `{ transaction }`: the job is written in it
   * @returns the job; with `unique`, the one that has the key already, and then `deduplicated` is true
   * @throws MedusaError (INVALID_DATA) for a payload or an option that is not valid; nothing was written then
   */
  enqueue<P>(
    job: JobClass<P>,
    payload: NoInfer<P>,
    options?: EnqueueOptions,
    sharedContext?: SharedContext
  ): Promise<EnqueuedJob>
  /**
   * The same by the identifier of a class that any process ever registered. Its payload is checked by the compiler when
   * the identifier stands in `JobRegistry`.
   */
  enqueue<I extends string>(
    identifier: I,
    payload: PayloadOf<I>,
    options?: EnqueueOptions,
    sharedContext?: SharedContext
  ): Promise<EnqueuedJob>
  async enqueue(
    target: JobClass | string,
    payload: unknown,
    options: EnqueueOptions = {},
    sharedContext?: SharedContext
  ): Promise<EnqueuedJob> {
    const [job] = await this.write_(target, [{ ...options, payload }], sharedContext)
    return job
  }

  /**
   * Writes all of `requests` or none, in one statement; answers in their order. An empty list is a no-op. With a unique
   * key twice in it, the second request meets the job of the first.
   */
  enqueueMany<P>(
    job: JobClass<P>,
    requests: readonly EnqueueRequest<NoInfer<P>>[],
    sharedContext?: SharedContext
  ): Promise<EnqueuedJob[]>
  enqueueMany<I extends string>(
    identifier: I,
    requests: readonly EnqueueRequest<PayloadOf<I>>[],
    sharedContext?: SharedContext
  ): Promise<EnqueuedJob[]>
  enqueueMany(
    target: JobClass | string,
    requests: readonly JobRequest[],
    sharedContext?: SharedContext
  ): Promise<EnqueuedJob[]> {
    return this.write_(target, requests, sharedContext)
  }

  protected async write_(
    target: JobClass | string,
    requests: readonly JobRequest[],
    sharedContext?: SharedContext
  ): Promise<EnqueuedJob[]> {
    if (this.engine_.database.isClosed) {
      throw shutDown()
    }
    const { enqueuer } = this.engine_
    return enqueuer.enqueue(target, requests, await openTransaction(sharedContext))
  }
}
