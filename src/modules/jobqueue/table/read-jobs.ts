/** Some jobs by their ids, as `jobqueue_job` shows them, with nothing left out. */
import type { Job } from "../job/job"
import type { Sql } from "./database"

const JOBS = `
select id, identifier, name, queue, state, priority, attempts, max_attempts, backoff, timeout, payload, context,
  store_id, store_assumed, resource_type, resource_id, tags, reason, result, run_at, started_at, finished_at,
  created_at, updated_at
from jobqueue_job where id = any($1::bigint[])`

/** Those that exist, in no order. */
export async function readJobs(sql: Sql, ids: readonly number[]): Promise<Job[]> {
  const rows = await sql.query<Job>(JOBS, [ids])
  return rows.map((row) => ({ ...row, id: String(row.id) }))
}
