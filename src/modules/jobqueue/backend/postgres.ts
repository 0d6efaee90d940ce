/** The backend that needs nothing but the shop's own Postgres. */
import { WAKE_CHANNEL } from "../constants"
import {
  claimJobs,
  listRunning,
  releaseJobs,
  type ClaimedJob,
  type ClaimRequest,
  type RunningRow,
} from "../table/claim"
import type { Database, Sql } from "../table/database"
import { insertJobs, type NewJob, type WrittenJob } from "../table/enqueue"
import { finishJobs, moveOnJobs, settledBefore, type Settlement } from "../table/settle"
import { isFinished } from "../job/states"
import type { QueueBackend } from "./contract"

// Outside of any caller's transaction: NOTIFY inside one takes a global lock at commit, which cut 32 clients
// from about 9,000 to about 1,700 commits a second.
const NOTIFY = `select pg_notify($1, queue) from unnest($2::text[]) as queue`

export class PostgresBackend implements QueueBackend {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  enqueue(jobs: readonly NewJob[], transaction?: Sql): Promise<WrittenJob[]> {
    return insertJobs(transaction ?? this.#database, jobs)
  }

  claim(request: ClaimRequest): Promise<ClaimedJob[]> {
    return claimJobs(this.#database, request)
  }

  running(worker: number): Promise<RunningRow[]> {
    return listRunning(this.#database, worker)
  }

  release(worker: number, ids: readonly number[]): Promise<void> {
    return releaseJobs(this.#database, worker, ids)
  }

  async settle(batch: readonly Settlement[], again: boolean): Promise<Set<number>> {
    const settled = new Set<number>()
    const add = (ids: readonly number[]) => ids.forEach((id) => settled.add(id))
    const open = () => batch.filter(({ id }) => !settled.has(id))
    const movingOn = batch.filter(({ state }) => !isFinished(state))
    if (movingOn.length > 0) {
      add(await moveOnJobs(this.#database, movingOn))
    }
    // Among them those that could not move on because their cancellation was asked for: finishing cancels them.
    const finishing = open()
    if (finishing.length > 0) {
      add(await finishJobs(this.#database, finishing))
    }
    const rest = open()
    if (again && rest.length > 0) {
      add(await settledBefore(this.#database, rest))
    }
    return settled
  }

  async announce(queues: readonly string[]): Promise<void> {
    await this.#database.query(NOTIFY, [WAKE_CHANNEL, queues])
  }
}
