/**
 * Jobs that are performed before they are written. Their id is drawn first, so that it is the same at the attempts that
 * may follow; only what does not end well leaves rows.
 */
import { isFinished } from "../job/states"
import type { Sql } from "./database"
import { insertReserved } from "./enqueue"
import { extrasOf } from "./extras"
import type { NewJob } from "./new-job"
import { finishJobs, type Settlement } from "./settle"
import { settleUnfinished } from "./wait"

/** An id that no other job gets, and the database's time. */
export interface Reserved {
  id: number
  at: Date
}

/** A first attempt that was performed before its job was written. */
export interface PerformedAttempt {
  /** When it began, by the database's clock. */
  startedAt: Date
  settlement: Settlement
}

/** What only the database knows of a job that was written with its first attempt. */
export interface WrittenAttempt {
  attempts: number
  run_at: Date
  finished_at: Date | null
  updated_at: Date
}

export async function reserveJob(sql: Sql): Promise<Reserved> {
  const [reserved] = await sql.query<Reserved>(`select nextval('jobqueue_job_id_seq') as id, now() as at`)
  return reserved
}

const IS_WRITTEN = `select from jobqueue_request where id = $1`

// Nobody else sees the row before it is settled. Worker ids begin at 1.
const BEGIN_ATTEMPT = `
with request as (update jobqueue_request set created_at = $3 where id = $1)
update jobqueue_live
set state = 'running', claim = $2, worker = 0, begun = true, attempts = attempts + 1, claimed_at = $3, created_at = $3
where id = $1`

const FURTHER_RESOURCES = `
with request as (update jobqueue_request set extras = $2::json where id = $1)
insert into jobqueue_resource (resource_type, resource_id, job_id)
select value ->> 'type', value ->> 'id', $1
from json_array_elements($2::json -> 'resources') with ordinality as one(value, place)
where place > 1`

const WRITTEN = `select attempts, run_at, finished_at, updated_at from jobqueue_job where id = $1`

/**
 * Writes a job as if it had been enqueued, claimed and settled, in one transaction; may be sent again. Whatever an
 * enqueue or a settle writes besides comes along.
 * @param sql - an open transaction
 */
export async function insertPerformed(
  sql: Sql,
  job: NewJob,
  { startedAt, settlement }: PerformedAttempt
): Promise<WrittenAttempt> {
  const { id, claim, conclusion } = settlement
  const isSentAgain = (await sql.query(IS_WRITTEN, [id])).length > 0
  if (!isSentAgain) {
    await insertReserved(sql, job, id)
    await (job.resources && sql.query(FURTHER_RESOURCES, [id, extrasOf(job)]))
    await sql.query(BEGIN_ATTEMPT, [id, claim, startedAt])
    await (isFinished(conclusion.state) ? finishJobs : settleUnfinished)(sql, [settlement])
  }
  const [written] = await sql.query<WrittenAttempt>(WRITTEN, [id])
  return written
}

/** The number of the open transaction, to ask later what became of it. */
export async function transactionId(transaction: Sql): Promise<string> {
  const [{ id }] = await transaction.query<{ id: string }>("select pg_current_xact_id()::text as id")
  return id
}

/** Undefined while it is still open. */
export async function hasCommitted(sql: Sql, id: string): Promise<boolean | undefined> {
  const [{ status }] = await sql.query<{ status: string }>("select pg_xact_status($1::xid8) as status", [id])
  return status === "in progress" ? undefined : status === "committed"
}
