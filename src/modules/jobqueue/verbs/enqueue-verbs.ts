/** The verbs that write jobs. */
import { shutDown } from "../errors/enqueue"
import type { JobClass } from "../job/abstract-job"
import type { EnqueueOptions, SharedContext } from "../job/enqueue-options"
import type { Job } from "../job/job"
import type { JobRequest } from "../lifecycle/check-request"
import { openTransaction } from "../table/transaction"
import { BaseService } from "./base-service"

export class EnqueueVerbs extends BaseService {
  /**
   * Writes one job.
   * @param target - the job class, or the identifier of one that any process ever registered
   * @param sharedContext - your module's shared context, or `{ transaction }`: the job is written in it
   * @throws MedusaError (INVALID_DATA) for a payload or an option that is not valid; nothing was written then
   */
  async enqueue<P>(
    target: JobClass<P> | string,
    payload: P,
    options: EnqueueOptions = {},
    sharedContext?: SharedContext
  ): Promise<Job> {
    const [job] = await this.enqueueMany(target, [{ ...options, payload }], sharedContext)
    return job
  }

  /** Writes all of `requests` or none, in one statement; answers in their order. An empty list is a no-op. */
  async enqueueMany<P>(
    target: JobClass<P> | string,
    requests: readonly (JobRequest & { payload: P })[],
    sharedContext?: SharedContext
  ): Promise<Job[]> {
    if (this.engine_.database.isClosed) {
      throw shutDown()
    }
    const { enqueuer, inline, options } = this.engine_
    const transaction = await openTransaction(sharedContext)
    const jobs = await enqueuer.enqueue(target, requests, transaction)
    return options.mode === "inline" && !transaction ? inline.perform(jobs) : jobs
  }
}
