/** The living worker processes: each row is the lease by which that process's running jobs live. */
import type { Sql } from "./database"

export interface WorkerDescription {
  host: string
  pid: number
  version: string
  /** The queues that it serves continuously. */
  queues: readonly string[]
  /** The job classes that it knows. */
  identifiers: readonly string[]
}

/** How long a process is believed alive after its last beat. The lease's thread writes the same interval. */
export const LEASE_MILLISECONDS = 12_000

const REGISTER = `
insert into jobqueue_worker (id, host, pid, version, queues, identifiers, lease_until)
values (nextval('jobqueue_worker_id_seq'), $1, $2, $3, $4, $5, now() + $6 * interval '1 millisecond')
returning id`

/** Begins a lease. The id is never used again. */
export async function registerWorker(sql: Sql, worker: WorkerDescription): Promise<number> {
  const { host, pid, version, queues, identifiers } = worker
  const [row] = await sql.query<{ id: number }>(REGISTER, [
    host,
    pid,
    version,
    queues,
    identifiers,
    LEASE_MILLISECONDS,
  ])
  return row.id
}

/** Ends a lease in good order, when nothing of it runs any more. */
export async function removeWorker(sql: Sql, id: number): Promise<void> {
  await sql.query(`delete from jobqueue_worker where id = $1`, [id])
}

const SERVED = `select exists(select from jobqueue_worker where $1 = any(queues) and lease_until > now()) as served`

/** True while some living process serves the queue continuously. */
export async function isServed(sql: Sql, queue: string): Promise<boolean> {
  const [row] = await sql.query<{ served: boolean }>(SERVED, [queue])
  return row.served
}
