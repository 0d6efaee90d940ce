/**
 * Enqueue: the first step of a job's life. Everything about the job is settled and checked here, before the
 * one statement that writes it; nothing is written when anything is wrong.
 */
import type { QueueBackend } from "../backend/contract"
import type { JobClass } from "../job/abstract-job"
import { toMilliseconds } from "../job/duration"
import type { Job } from "../job/job"
import type { JsonValue } from "../job/json"
import type { ParsedOptions } from "../options"
import type { Database } from "../table/database"
import type { NewJob, WrittenJob } from "../table/enqueue"
import type { OpenTransaction } from "../table/transaction"
import type { Catalog } from "./catalog"
import { RequestChecker, type CheckedRequest, type JobRequest } from "./check-request"
import type { FoundStore, StoreFinder } from "./find-store"

interface Dependencies {
  options: ParsedOptions
  catalog: Catalog
  storeFinder: StoreFinder
  database: Database
  backend: QueueBackend
  /** Called with the queues that have new work, once it is committed. */
  wake: (queues: readonly string[]) => void
}

export class Enqueuer {
  readonly #deps: Dependencies

  constructor(deps: Dependencies) {
    this.#deps = deps
  }

  /**
   * Writes all requests or none; answers in their order.
   * @throws MedusaError that says what was expected, what was got and what to do
   */
  async enqueue(
    target: JobClass | string,
    requests: readonly JobRequest[],
    transaction?: OpenTransaction
  ): Promise<Job[]> {
    if (requests.length === 0) {
      return []
    }
    const { options, catalog, storeFinder, backend, database } = this.#deps
    const checked = await new RequestChecker(options, catalog).check(target, requests)
    const found = await storeFinder.find(checked, transaction?.sql ?? database)
    const jobs = checked.map((request, index) => newJob(request, found[index]))
    const written = await backend.enqueue(jobs, transaction?.sql)
    this.#announce(jobs, written, transaction)
    return written.map((row, index) => toJob(jobs[index], row))
  }

  /** In a caller's transaction the workers are told after its commit, where that can be known; else they poll. */
  #announce(
    jobs: readonly NewJob[],
    written: readonly WrittenJob[],
    transaction: OpenTransaction | undefined
  ): void {
    const ready = new Set(
      jobs.filter((_, index) => written[index].state === "pending").map(({ queue }) => queue)
    )
    if (ready.size === 0) {
      return
    }
    if (!transaction) {
      this.#deps.wake([...ready])
      return
    }
    transaction.ended?.then(
      () => this.#deps.wake([...ready]),
      () => undefined // rolled back: there is nothing to wake anybody for
    )
  }
}

function newJob(request: CheckedRequest, found: FoundStore): NewJob {
  const { identifier, queue, options, settings } = request
  return {
    queue,
    identifier,
    name: options.name ?? identifier,
    ...found,
    resource: options.resource ?? null,
    tags: options.tags ?? [],
    payload: request.payload,
    backoff: settings.backoff,
    timeout: settings.timeout === null ? null : toMilliseconds(settings.timeout),
    keep: request.keep,
    priority: settings.priority,
    maxAttempts: settings.maxAttempts,
    runAt: options.runAt ?? null,
    delay: toMilliseconds(options.delay ?? 0),
  }
}

function toJob(job: NewJob, { id, state, run_at, created_at }: WrittenJob): Job {
  return {
    id: String(id),
    identifier: job.identifier,
    name: job.name,
    queue: job.queue,
    state,
    priority: job.priority,
    attempts: 0,
    max_attempts: job.maxAttempts,
    backoff: job.backoff,
    timeout: job.timeout,
    payload: job.payload as JsonValue,
    context: job.context,
    store_id: job.storeId,
    store_assumed: job.storeAssumed,
    resource_type: job.resource?.type ?? null,
    resource_id: job.resource?.id ?? null,
    tags: [...job.tags],
    reason: null,
    result: null,
    run_at,
    started_at: null,
    finished_at: null,
    created_at,
    updated_at: created_at,
  }
}
