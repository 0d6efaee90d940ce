/** Writes jobs: one statement for any number, into what was asked for and what is alive. */
import type { Backoff } from "../job/backoff"
import type { JobResource } from "../job/job"
import type { JobState } from "../job/states"
import type { StoreContext } from "../job/store-context"
import type { Sql } from "./database"

/** A job whose every fact is settled, ready to be written. */
export interface NewJob {
  queue: string
  identifier: string
  name: string
  storeId: string | null
  storeAssumed: boolean
  resource: JobResource | null
  tags: readonly string[]
  context: StoreContext
  payload: unknown
  backoff: Backoff
  timeout: number | null
  keep: boolean
  priority: number
  maxAttempts: number
  /** Null: as soon as `delay` has passed. */
  runAt: Date | null
  /** Milliseconds by the database's clock. */
  delay: number
}

/** What only the database knows of a job that was written. */
export interface WrittenJob {
  id: number
  state: JobState
  run_at: Date
  created_at: Date
}

// "input" is read twice but evaluated once: it draws ids, and a CTE with a volatile function is never inlined.
// nextval() runs above the ordered subquery, so ids and the order of readiness follow the order of the call.
const INSERT = `
with input as (
  select nextval('jobqueue_job_id_seq') as id, now() as created_at, ordered.*
  from (
    select j.*, coalesce(j.fixed_run_at, now() + j.delay * interval '1 millisecond') as run_at
    from json_to_recordset($1::json) as j(
      ord int, queue text, identifier text, name text, store_id text, store_assumed boolean,
      resource_type text, resource_id text, tags text[], context json, payload json, backoff json,
      timeout bigint, keep boolean, priority int, max_attempts int, fixed_run_at timestamptz, delay float8)
    order by j.ord
  ) ordered
), request as (
  insert into jobqueue_request (id, queue, identifier, name, store_id, store_assumed, resource_type, resource_id,
    tags, context, payload, backoff, timeout, keep, created_at)
  select id, queue, identifier, name, store_id, store_assumed, resource_type, resource_id,
    tags, context, payload, backoff, timeout, keep, created_at
  from input
), live as (
  insert into jobqueue_live (id, seq, run_at, created_at, updated_at, state, queue, identifier, priority, max_attempts)
  select id, case when run_at <= now() then nextval('jobqueue_ready_seq') else 0 end, run_at, created_at, created_at,
    case when run_at <= now() then 'pending' else 'scheduled' end, queue, identifier, priority, max_attempts
  from input order by ord
)
select id, case when run_at <= now() then 'pending' else 'scheduled' end as state, run_at, created_at
from input order by ord`

/** Writes all of `jobs` or none; answers in their order. */
export async function insertJobs(sql: Sql, jobs: readonly NewJob[]): Promise<WrittenJob[]> {
  return sql.query<WrittenJob>(INSERT, [JSON.stringify(jobs.map(toInput))])
}

function toInput(job: NewJob, ord: number) {
  return {
    ord,
    queue: job.queue,
    identifier: job.identifier,
    name: job.name,
    store_id: job.storeId,
    store_assumed: job.storeAssumed,
    resource_type: job.resource?.type ?? null,
    resource_id: job.resource?.id ?? null,
    tags: job.tags,
    context: job.context,
    payload: job.payload,
    backoff: job.backoff,
    timeout: job.timeout,
    keep: job.keep,
    priority: job.priority,
    max_attempts: job.maxAttempts,
    fixed_run_at: job.runAt,
    delay: job.delay,
  }
}
