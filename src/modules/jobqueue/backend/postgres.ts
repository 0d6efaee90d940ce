/** The backend that needs nothing but the shop's own Postgres. */
import { WAKE_CHANNEL } from "../constants"
import { isFinished } from "../job/states"
import { claimJobs, type ClaimRequest } from "../table/claim"
import type { ClaimedJob } from "../table/claimed-job"
import { completeJobs, forgetJobs, wasCompleted } from "../table/complete"
import type { Database, Sql } from "../table/database"
import { insertJobs } from "../table/enqueue"
import type { NewJob, WrittenJob } from "../table/new-job"
import { releaseClaim, releaseJobs, takeBearings, type Bearings } from "../table/running"
import { finishJobs, moveOnJobs, settledBefore, type Settlement } from "../table/settle"
import { statement } from "../table/statement"
import { writeUniqueJobs, type UniqueWritten } from "../table/unique"
import type { QueueBackend } from "./contract"

const NOTIFY = statement("notify", `select pg_notify($1, queue) from unnest($2::text[]) as queue`)

const LIMIT_LOCKS = `select set_config('lock_timeout', $1, true)`

export class PostgresBackend implements QueueBackend {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  enqueue(jobs: readonly NewJob[], announced: readonly string[]): Promise<WrittenJob[]> {
    return insertJobs(this.#database, jobs, announced)
  }

  /** Announces nothing: NOTIFY takes a global lock at commit, which cut 32 clients from 9,000 to 1,700 commits a second. */
  enqueueIn(transaction: Sql, jobs: readonly NewJob[]): Promise<WrittenJob[]> {
    return insertJobs(transaction, jobs, [])
  }

  enqueueUnique(jobs: readonly NewJob[], wait: number): Promise<UniqueWritten[]> {
    return this.#database.transaction(async (sql) => {
      await sql.query(LIMIT_LOCKS, [String(wait)])
      return writeUniqueJobs(sql, jobs)
    })
  }

  enqueueUniqueIn(transaction: Sql, jobs: readonly NewJob[]): Promise<UniqueWritten[]> {
    return writeUniqueJobs(transaction, jobs)
  }

  claim(request: ClaimRequest): Promise<ClaimedJob[]> {
    return claimJobs(this.#database, request)
  }

  bearings(worker: number): Promise<Bearings> {
    return takeBearings(this.#database, worker)
  }

  release(worker: number, jobs: readonly Pick<ClaimedJob, "id" | "claim">[]): Promise<void> {
    return releaseJobs(this.#database, worker, jobs)
  }

  releaseClaim(worker: number, claim: number): Promise<void> {
    return releaseClaim(this.#database, worker, claim)
  }

  async settle(batch: readonly Settlement[], again: boolean): Promise<Set<number>> {
    const [kept, forgotten, others] = byEffort(batch)
    const open = [
      ...(await this.#complete(kept, completeJobs)),
      ...(await this.#complete(forgotten, forgetJobs)),
    ]
    return this.#settleInFull([...open, ...others], again || open.length > 0)
  }

  async completeIn(transaction: Sql, settlement: Settlement): Promise<boolean> {
    const complete = settlement.keep ? completeJobs : forgetJobs
    return (await complete(transaction, [settlement])) === 1
  }

  wasCompleted(id: number, claim: number): Promise<boolean> {
    return wasCompleted(this.#database, id, claim)
  }

  async announce(queues: readonly string[]): Promise<void> {
    await this.#database.run(NOTIFY, [WAKE_CHANNEL, queues])
  }

  /** Nothing when all were completed; else the whole batch, because it is not known which were not. */
  async #complete(
    batch: readonly Settlement[],
    complete: (sql: Sql, batch: readonly Settlement[]) => Promise<number>
  ): Promise<readonly Settlement[]> {
    const count = batch.length > 0 ? await complete(this.#database, batch) : 0
    return count === batch.length ? [] : batch
  }

  async #settleInFull(batch: readonly Settlement[], again: boolean): Promise<Set<number>> {
    const refused = new Map(batch.map((settlement) => [settlement.id, settlement]))
    const remove = (ids: readonly number[]) => ids.forEach((id) => refused.delete(id))
    const movingOn = batch.filter(({ conclusion }) => !isFinished(conclusion.state))
    if (movingOn.length > 0) {
      remove(await moveOnJobs(this.#database, movingOn))
    }
    // Among them those that could not move on because their cancellation was asked for: finishing cancels them.
    if (refused.size > 0) {
      remove(await finishJobs(this.#database, [...refused.values()]))
    }
    if (again && refused.size > 0) {
      remove(await settledBefore(this.#database, [...refused.values()]))
    }
    return new Set(refused.keys())
  }
}

/** Completions that are kept, completions that keep nothing, and all that needs more to be said. */
function byEffort(batch: readonly Settlement[]): [Settlement[], Settlement[], Settlement[]] {
  const sorted: [Settlement[], Settlement[], Settlement[]] = [[], [], []]
  for (const one of batch) {
    const isCompletion = one.conclusion.state === "completed"
    sorted[isCompletion ? (one.keep ? 0 : 1) : 2].push(one)
  }
  return sorted
}
