/** What a worker process holds according to the table, and how it is given back. */
import type { Sql } from "./database"

/** What the table says that a worker process runs. */
export interface RunningRow {
  id: number
  claim: number
  /** Somebody asked for its cancellation. */
  cancel: boolean
}

/** What a process asks once a second. */
export interface Bearings {
  running: RunningRow[]
  /** The last number that was drawn for the order of readiness; 0 before the first. */
  lastSeq: number
  /** Queues with pending jobs whose process died before. */
  suspectQueues: string[]
}

const BEARINGS = `
select (select case when is_called then last_value else 0 end from jobqueue_ready_seq) as "lastSeq",
  array(select distinct queue from jobqueue_live where state = 'pending' and crashes > 0) as "suspectQueues",
  coalesce((
    select json_agg(json_build_object('id', id, 'claim', claim, 'cancel', cancel))
    from jobqueue_live where worker = $1 and state = 'running'
  ), '[]') as running`

/** By the partial indexes on worker and on suspects; as many rows as the process holds. */
export async function takeBearings(sql: Sql, worker: number): Promise<Bearings> {
  const [row] = await sql.query<Bearings>(BEARINGS, [worker])
  return row
}

const GIVE_BACK = `
update jobqueue_live
set state = 'pending', seq = nextval('jobqueue_ready_seq'), attempts = attempts - 1, claim = null, worker = null,
  begun = false, updated_at = now()
where state = 'running' and worker = $1`

/** Rows that run under a worker which knows nothing of them: the answer of their claim was lost. */
export async function releaseJobs(sql: Sql, worker: number, ids: readonly number[]): Promise<void> {
  await sql.query(`${GIVE_BACK} and id = any($2)`, [worker, ids])
}

/** All rows of one claim statement whose answer was lost. */
export async function releaseClaim(sql: Sql, worker: number, claim: number): Promise<void> {
  await sql.query(`${GIVE_BACK} and claim = $2`, [worker, claim])
}
