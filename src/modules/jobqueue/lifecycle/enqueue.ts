/**
 * Enqueue: the first step of a job's life. Everything about the job is settled and checked here, before the
 * one statement that writes it; nothing is written when anything is wrong.
 */
import type { QueueBackend } from "../backend/contract"
import { lostEnqueue } from "../errors/enqueue"
import type { JobClass } from "../job/abstract-job"
import { toMilliseconds } from "../job/duration"
import type { Job } from "../job/job"
import type { JsonValue } from "../job/json"
import { isLostConnection, type Database } from "../table/database"
import { isLive } from "../table/enqueue"
import type { JobFacts, NewJob, WrittenJob } from "../table/new-job"
import type { OpenTransaction } from "../table/transaction"
import type { CheckedRequest, JobRequest, RequestChecker } from "./check-request"
import { Coalescer, readyQueues, type Waker } from "./coalesce"
import type { FoundStore, StoreFinder } from "./find-store"

interface Dependencies extends Waker {
  checker: RequestChecker
  storeFinder: StoreFinder
  database: Database
  backend: QueueBackend
}

export class Enqueuer {
  readonly #deps: Dependencies
  readonly #coalescer: Coalescer

  constructor(deps: Dependencies) {
    this.#deps = deps
    this.#coalescer = new Coalescer(deps.backend, deps)
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
    const { checker, storeFinder, database } = this.#deps
    const checked = await checker.check(target, requests)
    const finding = storeFinder.find(checked, transaction?.sql ?? database)
    const found = finding instanceof Promise ? await finding : finding
    const jobs = checked.map((request, index) => newJob(request, factsOf(request, found[index])))
    const payloadOf = (index: number) => checked[index].payload as JsonValue
    const written = await (transaction ? this.#writeIn(transaction, jobs) : this.#write(jobs))
    return written.map((row, index) => toJob(jobs[index], payloadOf(index), row))
  }

  async #write(jobs: readonly NewJob[]): Promise<WrittenJob[]> {
    try {
      return await this.#coalescer.write(jobs)
    } catch (error) {
      throw isLostConnection(error) ? lostEnqueue(jobs[0].facts.identifier, error as Error) : error
    }
  }

  /** The workers are told after the caller's commit, where that can be known; else they poll. */
  async #writeIn({ sql, ended }: OpenTransaction, jobs: readonly NewJob[]): Promise<WrittenJob[]> {
    const written = await this.#deps.backend.enqueueIn(sql, jobs)
    const ready = readyQueues(jobs)
    ended?.then(
      () => this.#wakeAfterCommit(ready, written[0].id),
      () => undefined // rolled back: there is nothing to wake anybody for
    )
    return written
  }

  /** A knex transaction that is rolled back without a handler ends like one that is committed: the table tells. */
  async #wakeAfterCommit(ready: readonly string[], id: number): Promise<void> {
    const isThere = await isLive(this.#deps.database, id).catch(() => true) // a wake-up is only a hint
    if (isThere && ready.length > 0) {
      this.#deps.wake(ready)
    }
  }
}

/** Facts of requests that were decided and found together: they stay the same object as long as both do. */
const knownFacts = new WeakMap<FoundStore, WeakMap<CheckedRequest["decided"], JobFacts>>()

export function factsOf(request: CheckedRequest, store: FoundStore): JobFacts {
  const ofStore = knownFacts.get(store) ?? new WeakMap<CheckedRequest["decided"], JobFacts>()
  const facts = ofStore.get(request.decided) ?? newFacts(request, store)
  knownFacts.set(store, ofStore.set(request.decided, facts))
  return facts
}

function newFacts({ identifier, decided }: CheckedRequest, found: FoundStore): JobFacts {
  const { queue, settings, keep, options } = decided
  const timeout = settings.timeout === null ? null : toMilliseconds(settings.timeout)
  return { queue, identifier, ...found, ...settings, timeout, keep, tags: options.tags ?? [] }
}

export function newJob({ identifier, decided, payloadText }: CheckedRequest, facts: JobFacts): NewJob {
  const { name = identifier, resource = null, runAt = null, delay = 0 } = decided.options
  return { facts, name, resource, payload: payloadText, runAt, delay: toMilliseconds(delay) }
}

function toJob({ facts, name, resource }: NewJob, payload: JsonValue, written: WrittenJob): Job {
  const { id, state, run_at, created_at } = written
  return {
    id: String(id),
    identifier: facts.identifier,
    name,
    queue: facts.queue,
    state,
    priority: facts.priority,
    attempts: 0,
    max_attempts: facts.maxAttempts,
    backoff: facts.backoff,
    timeout: facts.timeout,
    payload,
    context: facts.context,
    store_id: facts.storeId,
    store_assumed: facts.storeAssumed,
    resource_type: resource?.type ?? null,
    resource_id: resource?.id ?? null,
    tags: [...facts.tags],
    reason: null,
    result: null,
    run_at,
    started_at: null,
    finished_at: null,
    created_at,
    updated_at: created_at,
  }
}
