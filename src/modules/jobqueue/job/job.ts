/**
 * The shape of a job as the API, `query.graph`, the admin and `JobContext.job` show it.
 * Names are those of the columns of the view `jobqueue_job`.
 */
import type { Backoff } from "./backoff"
import type { JsonValue } from "./json"
import type { JobState } from "./states"
import type { StoreContext } from "./store-context"

/** The thing in the shop that a job is about, for example `{ type: "order", id: "order_01…" }`. */
export interface JobResource {
  type: string
  id: string
}

export interface Job {
  /** Opaque; the decimal text of a bigint. */
  id: string
  identifier: string
  /** What a person reads; the identifier when nobody set one. */
  name: string
  queue: string
  state: JobState
  /** Lower runs first: 10 critical, 50 high, 100 default, 500 low. */
  priority: number
  /** Attempts begun so far; counted at claim. */
  attempts: number
  max_attempts: number
  backoff: Backoff
  /** Milliseconds that one attempt may take; null is without limit. */
  timeout: number | null
  payload: JsonValue
  context: StoreContext
  store_id: string | null
  /** True when nothing named a store, so that the shop's oldest was taken. */
  store_assumed: boolean
  /** Of the first thing that the job is about. */
  resource_type: string | null
  resource_id: string | null
  /** All things that the job is about, in the order of the call. */
  resources: JobResource[]
  /** The key under which it was enqueued as unique; null for most. */
  unique_key: string | null
  tags: string[]
  /** Why the job is held, canceled or failed, when that was said in words. */
  reason: string | null
  /** What `perform` returned. */
  result: JsonValue | null
  /** From when on it may run. */
  run_at: Date
  /** Start of the latest attempt. */
  started_at: Date | null
  finished_at: Date | null
  created_at: Date
  updated_at: Date
}

/** What enqueue answers. */
export interface EnqueuedJob extends Job {
  /** True when a job with the same unique key was there already: then this is that job, and no other was written. */
  deduplicated: boolean
}

/** One attempt that did not complete, with its own error; the last 20 of a job are kept. */
export interface JobAttempt {
  attempt: number
  /** How it ended: `retrying`, `failed`, `held`, `canceled`, `pending` (given back or rescued). */
  outcome: string
  /** `host:pid` of the process that performed it. */
  worker: string
  started_at: Date
  finished_at: Date
  error_name: string | null
  error_message: string | null
  error_stack: string | null
}
