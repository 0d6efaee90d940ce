/** Deletes finished jobs whose time is over, with all that is kept about them. */
import type { FinishedState } from "../job/states"
import { attemptsOf } from "./attempts"
import { forgettingBelongings } from "./belongings"
import type { Database, Sql } from "./database"
import { IN_ORDER } from "./in-order"

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
)${forgettingBelongings("old")}
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
