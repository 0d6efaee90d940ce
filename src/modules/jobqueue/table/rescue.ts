/**
 * Takes jobs away from processes whose lease has run out. It looks for dead processes, never for old jobs:
 * a job may run for days while its process beats.
 */
import { KEPT_ATTEMPTS, oldAttemptsOf } from "./attempts"
import type { Database, Sql } from "./database"

export interface Rescued {
  /** Processes declared dead, as `host:pid`. */
  dead: string[]
  jobs: { id: number; identifier: string; queue: string; state: string }[]
}

/** A job that has killed so many processes, as far as can be known, is not begun again. */
const CRASH_LIMIT = 3

// Only while the rescuer's own lease holds: when the database's clock jumps, everybody's has lapsed, its own too.
const BURY = `
delete from jobqueue_worker
where id = any(array(select id from jobqueue_worker where lease_until < now() for update skip locked))
  and exists (select from jobqueue_worker mine where mine.id = $1 and mine.lease_until >= now())
returning id, host || ':' || pid as name`

// Whatever runs under a worker without a row is orphaned: of the dead of this transaction, and of a claim that
// committed only after its process was declared dead. Clearing claim and worker refuses whatever that run brings.
// Last begun first: a job that kills its process mostly does so soon, so the likely culprit gets its turn before the rest.
const ORPHANS = `
select id from jobqueue_live l
where state = 'running' and not exists (select from jobqueue_worker w where w.id = l.worker)
order by claimed_at desc, seq desc
for update skip locked`

/** The job's code had begun: the attempt counts. One that was claimed ahead may not have, so it is given back. */
const IS_OVER = `(cancel or (begun and (attempts >= max_attempts or crashes + 1 >= ${CRASH_LIMIT})))`
const COUNTED = `attempts - case when begun then 0 else 1 end`
const END_STATE = `case when cancel then 'canceled' else 'failed' end`

const KEEP_ATTEMPTS = `
insert into jobqueue_attempt (job_id, claim, attempt, outcome, worker, started_at, finished_at,
  error_name, error_message)
select id, claim, attempts, case when ${IS_OVER} then ${END_STATE} else 'pending' end,
  coalesce($2::jsonb ->> worker::text, 'worker ' || worker), claimed_at, now(), 'WorkerLost',
  'The worker process that performed this attempt died, or lost the database for longer than its lease.'
from jobqueue_live where id = any($1) and begun
on conflict do nothing`

const FORGET_OLD_ATTEMPTS = `
delete from jobqueue_attempt where ${oldAttemptsOf("unnest($1::bigint[]) as job(id)", KEPT_ATTEMPTS)}`

const END = `
with ended as (
  delete from jobqueue_live where id = any($1) and ${IS_OVER} returning *
), outcome as (
  insert into jobqueue_outcome (id, worker, state, attempts, max_attempts, priority, queue, identifier,
    created_at, run_at, started_at, finished_at, reason)
  select id, worker, ${END_STATE}, ${COUNTED}, max_attempts, priority, queue, identifier, created_at, run_at,
    claimed_at, now(),
    case when cancel then reason when attempts >= max_attempts then 'its worker process died at the last attempt'
      else 'its worker process died ' || crashes + 1 || ' times while it was performed' end
  from ended
)
select id, identifier, queue, ${END_STATE} as state from ended`

// Whoever was held by a dead process is a suspect from now on (crashes > 0), also what was claimed ahead: that it had not
// begun can't be known without a statement for each job. The rows are written in the order in which they lie in the
// table, so their places in the order of readiness are drawn before, and given by the places in $2.
const RETURN = `
with place as materialized (
  select array(select nextval('jobqueue_ready_seq') from generate_series(1, cardinality($1::bigint[]))) as seqs
)
update jobqueue_live
set state = 'pending', seq = (select seqs from place)[($2::jsonb ->> id::text)::int], crashes = crashes + 1,
  attempts = ${COUNTED}, claim = null, worker = null, begun = false,
  updated_at = now()
where id = any($1)
returning id, identifier, queue, state`

/** @param rescuer - the id of the worker process that does it */
export function rescueOrphans(database: Database, rescuer: number): Promise<Rescued> {
  return database.transaction(async (sql) => {
    const dead = await sql.query<{ id: number; name: string }>(BURY, [rescuer])
    const orphans = await sql.query<{ id: number }>(ORPHANS)
    const names = Object.fromEntries(dead.map(({ id, name }) => [id, name]))
    const ids = orphans.map(({ id }) => id)
    return { dead: Object.values(names), jobs: ids.length > 0 ? await takeBack(sql, ids, names) : [] }
  })
}

async function takeBack(sql: Sql, ids: number[], names: Record<string, string>): Promise<Rescued["jobs"]> {
  await sql.query(KEEP_ATTEMPTS, [ids, JSON.stringify(names)])
  await sql.query(FORGET_OLD_ATTEMPTS, [ids])
  const ended = await sql.query<Rescued["jobs"][number]>(END, [ids])
  const places = Object.fromEntries(ids.map((id, index) => [id, index + 1]))
  const returned = await sql.query<Rescued["jobs"][number]>(RETURN, [ids, JSON.stringify(places)])
  return [...ended, ...returned]
}
