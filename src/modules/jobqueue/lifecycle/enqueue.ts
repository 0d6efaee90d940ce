/**
 * Enqueue: the first step of a job's life. Everything about the job is settled and checked here, before the
 * one statement that writes it; nothing is written when anything is wrong.
 */
import type { QueueBackend } from "../backend/contract"
import { invalidEnqueue, payloadTooLarge, unknownIdentifier, unknownQueue, type Problem } from "../errors"
import type { JobClass } from "../job/abstract-job"
import { toMilliseconds } from "../job/duration"
import { parseEnqueueOptions, type EnqueueOptions, type ParsedEnqueueOptions } from "../job/enqueue-options"
import type { Job } from "../job/job"
import { findJsonProblem, type JsonValue } from "../job/json"
import { firstSettings, type JobSettings } from "../job/settings"
import { validate } from "../job/standard-schema"
import type { ParsedOptions } from "../options"
import type { NewJob, WrittenJob } from "../table/enqueue"
import type { OpenTransaction } from "../table/transaction"
import type { Catalog } from "./catalog"
import type { FoundContext, StoreContexts } from "./store-context"

/** One job as the caller asked for it. */
export interface JobRequest extends EnqueueOptions {
  payload: unknown
}

/** A request whose options are parsed and whose payload is checked. */
interface CheckedRequest {
  payload: unknown
  options: ParsedEnqueueOptions
  queue: string
  settings: Required<JobSettings>
  keep: boolean
}

interface Dependencies {
  options: ParsedOptions
  catalog: Catalog
  contexts: StoreContexts
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
    const identifier = typeof target === "string" ? target : target.identifier
    const checked = await Promise.all(requests.map((request) => this.#check(target, identifier, request)))
    const found = await this.#deps.contexts.find(checked)
    const jobs = checked.map((request, index) => newJob(identifier, request, found[index]))
    const written = await this.#deps.backend.enqueue(jobs, transaction?.sql)
    this.#announce(jobs, written, transaction)
    return written.map((row, index) => toJob(jobs[index], row))
  }

  async #check(target: JobClass | string, identifier: string, request: JobRequest): Promise<CheckedRequest> {
    const { payload, ...asked } = request
    const parsed = parseEnqueueOptions(asked)
    if (parsed.problems) {
      throw invalidEnqueue(identifier, parsed.problems)
    }
    const { options } = parsed
    const job = typeof target === "string" ? this.#deps.catalog.classOf(target) : target
    const registered = job ? undefined : await this.#deps.catalog.registered(identifier)
    if (!job && !registered && options.queue === undefined) {
      throw unknownIdentifier(identifier, await this.#deps.catalog.identifiers())
    }
    await this.#checkPayload(identifier, job, payload)
    const queue = options.queue ?? job?.queue ?? registered?.queue ?? this.#deps.options.defaultQueue
    await this.#checkQueue(queue)
    const settings = firstSettings([options, job ?? registered, ...this.#defaultsOf(queue)])
    return { payload, options, queue, settings, keep: options.keep ?? job?.keep ?? true }
  }

  async #checkPayload(identifier: string, job: JobClass | undefined, payload: unknown): Promise<void> {
    const problem = findJsonProblem(payload, "payload")
    const problems: Problem[] = problem ? [problem] : ((await validate(job?.schema, payload)).problems ?? [])
    if (problems.length > 0) {
      throw invalidEnqueue(identifier, problems)
    }
    const bytes = Buffer.byteLength(JSON.stringify(payload))
    if (bytes > this.#deps.options.maxPayloadBytes) {
      throw payloadTooLarge(identifier, bytes, this.#deps.options.maxPayloadBytes)
    }
  }

  async #checkQueue(queue: string): Promise<void> {
    const known = await this.#deps.catalog.queuesFor(queue)
    if (!known.includes(queue)) {
      throw unknownQueue(queue, known)
    }
  }

  #defaultsOf(queue: string): (JobSettings | undefined)[] {
    return [this.#deps.options.queues[queue], this.#deps.options]
  }

  /** In a caller's transaction the workers are told after its commit, where that can be known; else they poll. */
  #announce(jobs: readonly NewJob[], written: readonly WrittenJob[], transaction: OpenTransaction | undefined): void {
    const ready = new Set(jobs.filter((_, index) => written[index].state === "pending").map(({ queue }) => queue))
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

function newJob(identifier: string, request: CheckedRequest, found: FoundContext): NewJob {
  const { options, settings } = request
  return {
    queue: request.queue,
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
