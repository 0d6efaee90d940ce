/** Takes pending jobs exclusively: counts the attempt and writes the fence, in one statement. */
import type { Job } from "../job/job"
import type { Sql } from "./database"

export interface ClaimRequest {
  /** The token: made by the client before the statement is sent, one per statement, never repeated. */
  claim: number
  worker: number
  queue: string
  /** Identifiers that this process knows; jobs of others are left, uncounted, for a worker that knows them. */
  identifiers: readonly string[]
  limit: number
}

/** A job that this process holds, and what it needs to settle it. */
export interface ClaimedJob {
  /** `job.id` as the number that the tables use. */
  id: number
  claim: number
  keep: boolean
  /** How often an attempt of it was given back. */
  refunds: number
  job: Job
}

interface ClaimedRow extends Omit<Job, "id"> {
  id: number
  keep: boolean
  refunds: number
}

// The array can't hold more rows than its limit, and a plan over ctid does not flip to a scan of the table;
// the partial index on (queue, priority, seq) gives exactly this order. The request is looked up by primary
// key for each claimed row; "offset 0" keeps the planner from turning that into a join over all requests.
// A process that was declared dead and does not know it yet gets nothing (one look-up a statement).
/** Exported for the plan test. */
export const CLAIM = `
with claimed as (
  update jobqueue_live
  set state = 'running', claim = $1, worker = $2, attempts = attempts + 1, begun = true, cancel = false,
    reason = null, claimed_at = now(), updated_at = now()
  where ctid = any(array(
    select ctid from jobqueue_live
    where queue = $3 and state = 'pending' and identifier = any($4)
      and exists (select from jobqueue_worker where id = $2)
    order by priority, seq
    limit $5
    for update skip locked))
  returning id, seq, queue, state, priority, attempts, max_attempts, refunds, run_at, claimed_at
)
select c.id, r.identifier, r.name, c.queue, c.state, c.priority, c.attempts, c.max_attempts, c.refunds,
  r.backoff, r.timeout, r.keep, r.payload, r.context, r.store_id, r.store_assumed, r.resource_type, r.resource_id,
  r.tags, null as reason, null as result, c.run_at, c.claimed_at as started_at, null as finished_at,
  r.created_at, c.claimed_at as updated_at
from claimed c
cross join lateral (select * from jobqueue_request where id = c.id offset 0) r
order by c.priority, c.seq`

export async function claimJobs(sql: Sql, request: ClaimRequest): Promise<ClaimedJob[]> {
  const { claim, worker, queue, identifiers, limit } = request
  const rows = await sql.query<ClaimedRow>(CLAIM, [claim, worker, queue, identifiers, limit])
  return rows.map(({ keep, refunds, ...row }) => ({
    id: row.id,
    claim,
    keep,
    refunds,
    job: { ...row, id: String(row.id) },
  }))
}

const RUNNING = `select id, claim, cancel from jobqueue_live where worker = $1 and state = 'running'`

/** What the table says that a worker process runs. */
export interface RunningRow {
  id: number
  claim: number
  /** Somebody asked for its cancellation. */
  cancel: boolean
}

/** By the partial index on worker; as many rows as the process has places. */
export function listRunning(sql: Sql, worker: number): Promise<RunningRow[]> {
  return sql.query(RUNNING, [worker])
}

const RELEASE = `
update jobqueue_live
set state = 'pending', seq = nextval('jobqueue_ready_seq'), attempts = attempts - 1, worker = null, updated_at = now()
where id = any($1) and worker = $2 and state = 'running'`

/** Gives back, uncounted, rows that run under a worker which knows nothing of them: its claim's answer was lost. */
export async function releaseJobs(sql: Sql, worker: number, ids: readonly number[]): Promise<void> {
  await sql.query(RELEASE, [ids, worker])
}
