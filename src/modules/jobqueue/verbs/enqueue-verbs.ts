/** The verbs that write jobs. */
import { shutDown } from "../errors/enqueue"
import type { JobClass } from "../job/abstract-job"
import type { EnqueueOptions, SharedContext } from "../job/enqueue-options"
import type { EnqueuedJob } from "../job/job"
import type { JobMiddleware } from "../job/middleware"
import type { PayloadOf } from "../job/payload-of"
import type { JobRequest } from "../lifecycle/check-request"
import { callEnqueueHooks, hasEnqueueHook } from "../lifecycle/enqueue-hook"
import { openTransaction, type OpenTransaction } from "../table/transaction"
import { BaseService } from "./base-service"

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
    const [job] = await this.ask_(target, [{ ...options, payload }], sharedContext)
    return job
  }

  /**
   * Writes all of `requests` or none, in one statement; answers in their order. An empty list is a no-op. With a unique
   * key twice in it, the second request meets the job of the first.
   */
  enqueueMany<P>(
    job: JobClass<P>,
    requests: readonly (EnqueueOptions & { payload: NoInfer<P> })[],
    sharedContext?: SharedContext
  ): Promise<EnqueuedJob[]>
  enqueueMany<I extends string>(
    identifier: I,
    requests: readonly (EnqueueOptions & { payload: PayloadOf<I> })[],
    sharedContext?: SharedContext
  ): Promise<EnqueuedJob[]>
  enqueueMany(
    target: JobClass | string,
    requests: readonly JobRequest[],
    sharedContext?: SharedContext
  ): Promise<EnqueuedJob[]> {
    return this.ask_(target, requests, sharedContext)
  }

  /** Through the middleware. */
  protected async ask_(
    target: JobClass | string,
    requests: readonly JobRequest[],
    sharedContext?: SharedContext
  ): Promise<EnqueuedJob[]> {
    if (this.engine_.database.isClosed) {
      throw shutDown()
    }
    if (requests.length === 0) {
      return []
    }
    const { middlewares } = this.engine_
    const transaction = await openTransaction(sharedContext)
    const write = (asked: readonly JobRequest[]) => this.write_(target, asked, transaction)
    const identifier = typeof target === "string" ? target : target.identifier
    return middlewares.hasEnqueue
      ? middlewares.enqueue({ identifier, requests }, (call) => write(call.requests))
      : write(requests)
  }

  /**
   * Puts `middleware` around every enqueue and every perform of this process. The first that is used is the outermost;
   * those of the plugin's option `middleware` come before.
   * @returns a function that takes it out again
   * @throws MedusaError (INVALID_DATA) for what is no middleware
   */
  use(middleware: JobMiddleware): () => void {
    return this.engine_.middlewares.use(middleware)
  }

  protected async write_(
    target: JobClass | string,
    requests: readonly JobRequest[],
    transaction?: OpenTransaction
  ): Promise<EnqueuedJob[]> {
    const { enqueuer, inline, catalog, logger, options } = this.engine_
    const job = catalog.classOf(target)
    const asked = hasEnqueueHook(job, requests)
      ? await callEnqueueHooks(job, requests, { logger, hookTimeout: options.hookTimeout })
      : requests
    const jobs = await enqueuer.enqueue(target, asked, transaction)
    return options.mode === "inline" && !transaction ? inline.perform(jobs) : jobs
  }
}
