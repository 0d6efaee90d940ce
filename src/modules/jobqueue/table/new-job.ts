/** A job on its way into the tables, and what comes back of it. */
import type { Backoff } from "../job/backoff"
import type { JobResource } from "../job/job"
import type { StoreContext } from "../job/store-context"
import type { Unique } from "../job/unique"

/** What many jobs of one call have in common. */
export interface JobFacts {
  queue: string
  identifier: string
  storeId: string | null
  storeAssumed: boolean
  context: StoreContext
  backoff: Backoff
  timeout: number | null
  keep: boolean
  priority: number
  maxAttempts: number
  tags: readonly string[]
}

/** A job whose every fact is settled, ready to be written. */
export interface NewJob {
  /** Jobs that have the same object here are written faster. */
  facts: JobFacts
  name: string
  /** The first thing that it is about. */
  resource: JobResource | null
  /** All of them, when there are several. */
  resources?: JobResource[]
  unique?: Unique
  /** The job that must have ended before this one may become pending. */
  after?: number
  /** The payload as JSON. */
  payload: string
  /** Null: as soon as `delay` has passed. */
  runAt: Date | null
  /** Milliseconds by the database's clock. */
  delay: number
}

/** What only the database knows of a job that was written. */
export interface WrittenJob {
  id: number
  state: "pending" | "scheduled"
  run_at: Date
  created_at: Date
}
