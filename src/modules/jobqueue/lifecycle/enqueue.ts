/**
 * Enqueue: the first step of a job's life. Everything about the job is settled and checked here, before the
 * one statement that writes it; nothing is written when anything is wrong.
 */
import type { QueueBackend } from "../backend/contract"
import { lostEnqueue } from "../errors/enqueue"
import type { JobClass } from "../job/abstract-job"
import type { EnqueuedJob } from "../job/job"
import type { JsonValue } from "../job/json"
import { redact } from "../job/redact"
import { isLostConnection, type Database } from "../table/database"
import { isLive } from "../table/enqueue"
import type { NewJob, WrittenJob } from "../table/new-job"
import type { OpenTransaction } from "../table/transaction"
import type { UniqueWritten } from "../table/unique"
import type { CheckedRequest, JobRequest, RequestChecker } from "./check-request"
import { Coalescer, readyQueues, type Waker } from "./coalesce"
import type { StoreFinder } from "./find-store"
import { factsOf, newJob, toEnqueued } from "./job-of-request"
import type { UniqueWriter } from "./unique-writer"

interface Dependencies extends Waker {
  uniqueWriter: UniqueWriter
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
  ): Promise<EnqueuedJob[]> {
    if (requests.length === 0) {
      return []
    }
    const { checker, storeFinder, database } = this.#deps
    const checked = await checker.check(target, requests)
    const finding = storeFinder.find(checked, transaction?.sql ?? database)
    const found = finding instanceof Promise ? await finding : finding
    const jobs = checked.map((request, index) => newJob(request, factsOf(request, found[index])))
    if (jobs.some(({ unique }) => unique)) {
      const enqueued = await this.#enqueueUnique(jobs, transaction)
      return enqueued.map((job, index) => withoutSecrets(job, checked[index].decided.redact))
    }
    const written = await (transaction ? this.#writeIn(transaction, jobs) : this.#write(jobs))
    return written.map((row, index) => toEnqueued(jobs[index], shownPayload(checked[index]), row))
  }

  async #enqueueUnique(jobs: readonly NewJob[], transaction?: OpenTransaction): Promise<EnqueuedJob[]> {
    const { backend, uniqueWriter, wake } = this.#deps
    const answers = await (transaction
      ? transaction.together((sql) => backend.enqueueUniqueIn(sql, jobs))
      : orLost(jobs, uniqueWriter.write(jobs)))
    const enqueued = answers.map(enqueuedOrPresent)
    const pending = enqueued.filter(({ state }) => state === "pending")
    const ready = [...new Set(pending.map(({ queue }) => queue))]
    if (pending.length > 0 && transaction) {
      this.#wakeAfter(transaction, ready, Number(pending[0].id))
    } else if (pending.length > 0) {
      wake(ready)
    }
    return enqueued
  }

  #write(jobs: readonly NewJob[]): Promise<WrittenJob[]> {
    return orLost(jobs, this.#coalescer.write(jobs))
  }

  /** The workers are told after the caller's commit, where that can be known; else they poll. */
  async #writeIn(transaction: OpenTransaction, jobs: readonly NewJob[]): Promise<WrittenJob[]> {
    const written = await this.#deps.backend.enqueueIn(transaction.sql, jobs)
    this.#wakeAfter(transaction, readyQueues(jobs), written[0].id)
    return written
  }

  #wakeAfter({ ended }: OpenTransaction, ready: readonly string[], id: number): void {
    ended?.then(
      () => this.#wakeAfterCommit(ready, id),
      () => undefined // rolled back: there is nothing to wake anybody for
    )
  }

  /** A knex transaction that is rolled back without a handler ends like one that is committed: the table tells. */
  async #wakeAfterCommit(ready: readonly string[], id: number): Promise<void> {
    const isThere = await isLive(this.#deps.database, id).catch(() => true) // a wake-up is only a hint
    if (isThere && ready.length > 0) {
      this.#deps.wake(ready)
    }
  }
}

async function orLost<T>(jobs: readonly NewJob[], writing: Promise<T>): Promise<T> {
  try {
    return await writing
  } catch (error) {
    throw isLostConnection(error) ? lostEnqueue(jobs[0].facts.identifier, error as Error) : error
  }
}

/** The caller has the payload; what it does with the answer, such as logging it, must not show more than the admin does. */
function shownPayload({ payload, decided }: CheckedRequest): JsonValue {
  return redact(payload as JsonValue, decided.redact)
}

function withoutSecrets(job: EnqueuedJob, paths: readonly string[]): EnqueuedJob {
  return { ...job, payload: redact(job.payload, paths), result: redact(job.result, paths) }
}

function enqueuedOrPresent(answer: UniqueWritten): EnqueuedJob {
  if ("present" in answer) {
    return { ...answer.present, deduplicated: true }
  }
  const { job, written, isNew } = answer
  return toEnqueued(job, JSON.parse(job.payload) as JsonValue, written, !isNew)
}
