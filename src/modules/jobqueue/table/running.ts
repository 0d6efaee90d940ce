/** What a worker process holds according to the table, and how it is given back. */
import { OVERDUE } from "./claim"
import type { Sql } from "./database"

/** What the table says that a worker process runs. */
export interface RunningRow {
  id: number
  claim: number
  /** Somebody asked for its cancellation. */
  cancel: boolean
}

/** Pending jobs of one queue whose process died while it held them, alike in how often that happened. */
export interface WaitingSuspects {
  queue: string
  /** It happened more than once. */
  isRepeated: boolean
  /** One of them has waited long. */
  isOverdue: boolean
}

/** What a process asks once a second. */
export interface Bearings {
  /** False when the process was declared dead: its row is gone. */
  isAlive: boolean
  running: RunningRow[]
  /** The last number that was drawn for the order of readiness; 0 before the first. */
  lastSeq: number
  suspects: WaitingSuspects[]
  /** Some lease has run out: there are jobs to be rescued. */
  hasLapsed: boolean
}

const BEARINGS = `
select exists (select from jobqueue_worker where id = $1) as "isAlive",
  (select case when is_called then last_value else 0 end from jobqueue_ready_seq) as "lastSeq",
  exists (select from jobqueue_worker where lease_until < now()) as "hasLapsed",
  coalesce((
    select json_agg(json_build_object('queue', queue, 'isRepeated', is_repeated, 'isOverdue', is_overdue))
    from (
      select queue, crashes > 1 as is_repeated, bool_or(${OVERDUE}) as is_overdue
      from jobqueue_live where state = 'pending' and crashes > 0
      group by queue, crashes > 1
    ) suspect
  ), '[]') as suspects,
  coalesce((
    select json_agg(json_build_object('id', id, 'claim', claim, 'cancel', cancel))
    from jobqueue_live where worker = $1 and state = 'running'
  ), '[]') as running`

/** By the partial indexes on worker and on suspects; as many rows as the process holds. */
export async function takeBearings(sql: Sql, worker: number): Promise<Bearings> {
  const [row] = await sql.query<Bearings>(BEARINGS, [worker])
  return row
}

// What somebody wanted to be canceled meanwhile is canceled: it never began.
const giveBack = (which: string) => `
with canceled as (
  delete from jobqueue_live where state = 'running' and worker = $1 and cancel and ${which} returning *
), outcome as (
  insert into jobqueue_outcome (id, state, attempts, max_attempts, priority, queue, identifier, created_at, run_at,
    finished_at, reason)
  select id, 'canceled', attempts - 1, max_attempts, priority, queue, identifier, created_at, run_at, now(), reason
  from canceled
)
update jobqueue_live
set state = 'pending', seq = nextval('jobqueue_ready_seq'), attempts = attempts - 1, claim = null, worker = null,
  begun = false, updated_at = now()
where state = 'running' and worker = $1 and not cancel and ${which}`

const GIVE_BACK_JOBS = giveBack("id = any($2) and claim = ($3::bigint[])[array_position($2::bigint[], id)]")
const GIVE_BACK_CLAIM = giveBack("claim = $2")

/** Uncounted, jobs that a worker holds by these claims and has not begun. One that it holds by another is left. */
export async function releaseJobs(
  sql: Sql,
  worker: number,
  jobs: readonly Pick<RunningRow, "id" | "claim">[]
): Promise<void> {
  await sql.query(GIVE_BACK_JOBS, [worker, jobs.map(({ id }) => id), jobs.map(({ claim }) => claim)])
}

/** All rows of one claim statement whose answer was lost. */
export async function releaseClaim(sql: Sql, worker: number, claim: number): Promise<void> {
  await sql.query(GIVE_BACK_CLAIM, [worker, claim])
}
