/** Deletes finished jobs whose time is over, with all that is kept about them. */
import type { FinishedState } from "../job/states"
import { attemptsOf } from "./attempts"
import { forgettingBelongings } from "./belongings"
import type { Database, Sql } from "./database"
import { IN_ORDER } from "./in-order"
import { forgettingReports, linesOfJob } from "./report-rows"

/** Rows that one transaction deletes: short enough that nobody waits for it. */
export const PRUNE_BATCH = 5000

/** Any number that nobody else locks; one process prunes at a time. */
const PRUNE_LOCK = 7_562_001

const LOCK = `select pg_try_advisory_xact_lock($1) as locked`

// The state stands in the text, so that the partial index of what did not complete can serve.
const pruneStatement = (state: FinishedState) => `
with old as (
  delete from jobqueue_outcome
  where ctid = any(array(
    select outcome.ctid from jobqueue_outcome outcome ${IN_ORDER}
    where state = '${state}' and finished_at < now() - $1 * interval '1 millisecond'
    order by finished_at
    limit ${PRUNE_BATCH}))
  returning id
), attempt as (
  delete from jobqueue_attempt where ${attemptsOf("old")}
), action as (
  delete from jobqueue_action where job_id = any(array(select id from old))
), callback as (
  delete from jobqueue_callback where ctid = any(array(
    select of_job.ctid from old cross join lateral (
      select ctid from jobqueue_callback where job_id = old.id order by claim limit 1000) of_job))
)${forgettingReports("old")}${forgettingBelongings("old")}
delete from jobqueue_request where id = any(array(select id from old))
returning id`

const PRUNE_ACTIONS = `
delete from jobqueue_action
where id = any(array(
  select id from jobqueue_action a
  where created_at < now() - $1 * interval '1 millisecond'
    and not exists (select from jobqueue_request r where r.id = a.job_id)
  order by created_at
  limit ${PRUNE_BATCH}))
returning id`

// Of jobs that keep nothing, where the attempt that completed them could not know that an earlier one had reported. Ids
// ascend with time: whatever is below the oldest job is of none.
const PRUNE_REPORTS = `
with orphan as (
  delete from jobqueue_progress
  where ctid = any(array(
    select p.ctid from jobqueue_progress p ${IN_ORDER}
    where job_id < (select min(id) from jobqueue_request)
    order by job_id limit ${PRUNE_BATCH}))
  returning job_id
), line as (
  delete from jobqueue_log where ctid = any(array(
    select kept.ctid from orphan cross join lateral (${linesOfJob("orphan.job_id")}) kept))
)
select from orphan`

/** What jobs have reported that no longer exist. Answers of how many. */
export async function pruneReports(sql: Sql): Promise<number> {
  return (await sql.query(PRUNE_REPORTS)).length
}

// Of jobs of which nothing is kept: as long as such a row stands, a callback that is sent again hears that it was used.
const PRUNE_CALLBACKS = `
delete from jobqueue_callback
where ctid = any(array(
  select ctid from jobqueue_callback c
  where created_at < now() - $1 * interval '1 millisecond'
    and not exists (select from jobqueue_request r where r.id = c.job_id)
  order by created_at
  limit ${PRUNE_BATCH}))
returning job_id`

/** Addresses of jobs that are gone, `retention` milliseconds after they were made. */
export async function pruneCallbacks(sql: Sql, retention: number): Promise<number> {
  return (await sql.query(PRUNE_CALLBACKS, [retention])).length
}

/** The record of who did what outlives a deleted job, for `retention` milliseconds. */
export async function pruneActions(sql: Sql, retention: number): Promise<number> {
  return (await sql.query(PRUNE_ACTIONS, [retention])).length
}

/** One batch of jobs that finished in `state` longer ago than `retention` milliseconds. Answers how many. */
export function pruneFinished(database: Database, state: FinishedState, retention: number): Promise<number> {
  return database.transaction(async (sql) => {
    const [{ locked }] = await sql.query<{ locked: boolean }>(LOCK, [PRUNE_LOCK])
    return locked ? (await sql.query(pruneStatement(state), [retention])).length : 0
  })
}
