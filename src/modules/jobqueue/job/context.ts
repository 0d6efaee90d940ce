/** What a job's code is given when it is performed. */
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import type { Duration } from "./duration"
import type { Job } from "./job"
import type { JsonValue } from "./json"
import type { JobProgress } from "./report"
import type { Store, StoreContext } from "./store-context"

/** Where a third party may answer to a job. Treat it like a password: whoever knows it may. */
export interface Callback {
  /** Unguessable; only its hash is stored. */
  readonly token: string
  /** `/hooks/jobqueue/<token>` */
  readonly path: string
  /** The whole address, when the plugin's option `callbackUrl` says where the shop is reached. */
  readonly url: string | undefined
}

/** What `perform` gets. `container` and `signal` are made at first use. */
export interface JobContext {
  /** The application's container, in a scope of this job: `currentStore` resolves to `store`. */
  readonly container: MedusaContainer
  /** The job's store as it is now (at most 5 s old); null in a shop without stores. */
  readonly store: Store | null
  /** Sales channel, locale, actor, event … of the moment when the job was enqueued. */
  readonly context: StoreContext
  /** Aborts at the job's timeout, when it is canceled, and when this process must give it up. */
  readonly signal: AbortSignal
  /** Medusa's logger; each line names the job. */
  readonly logger: Logger
  /** This attempt's number; 1 is the first. */
  readonly attempt: number
  readonly maxAttempts: number
  /** The job as it was claimed. */
  readonly job: Job
  /**
   * Says how far the job has come, for people and for the next attempt: `progress(40, 100, "sent 40 of 100")`. Leave `total`
   * out where it is not known. Call it as often as you like: it returns at once, and the latest is written with those of
   * all jobs of the process, at most once a second and before the job ends. It need not be awaited, as `log` and `touch`:
   * the promise resolves when it is written, and rejects with `JobAborted` when another process has the job by now; then
   * `signal` aborts too. Over an outage of the database the latest is kept.
   */
  progress(done: number, total?: number, note?: string): Promise<void>
  /**
   * Adds a line to the job's own log, as the admin shows it, with JSON data if wanted. The last 200 lines of each attempt
   * are kept, 4,000 of a job; a message is cut after 2,000 characters, data after 4,000.
   */
  log(message: string, data?: JsonValue): Promise<void>
  /**
   * Says that the job is alive: its attempt may take `extend` from now on, by default its whole `timeout` anew; never less
   * than it had left. For a job without a timeout it only asks whether this process still has it.
   */
  touch(extend?: Duration): Promise<void>
  /**
   * What `progress` said last, in this attempt or an earlier one, so that a retry can go on from there; null when it never
   * was called. Each call reads it from the database.
   */
  lastProgress(): Promise<JobProgress | null>
  /**
   * The address at which a third party ends the waiting of this attempt: `POST <url>` with JSON as body. Pass it on, then
   * return `this.waitForCallback(…)`; a callback that comes before that is kept until the job waits. One address per
   * attempt: a further call answers the same, and a new attempt's ends it. Only in `perform`, not in `onCallback`.
   * @throws `JobAborted` when another process has the job by now
   */
  callback(): Promise<Callback>
  /**
   * Commits what `work` writes together with the job's completion: both or neither, so exactly once, also when the
   * process dies in between. `trx` is a knex transaction on the application's connections; only SQL that runs on it
   * takes part, no call of another module. What `work` returns is the job's `result`; after the commit the job is
   * completed, whatever `perform` does then. One commit in a perform; after a rollback it may be called again.
   * @throws whatever `work` throws, after the rollback; `JobAborted` when another process has the job by now
   */
  transaction<T extends JsonValue | void>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T>
}
