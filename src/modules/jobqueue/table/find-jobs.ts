/** Whole jobs, as the view has them: few at a time. */
import type { Job } from "../job/job"
import type { Sql } from "./database"

type Row = Omit<Job, "id"> & { id: number; deleted_at: null }

const OF_IDENTIFIER = `select * from jobqueue_job where identifier = $1 order by id desc limit $2`
const BY_ID = `select * from jobqueue_job where id = any($1)`

/** The newest first. */
export async function newestJobsOf(sql: Sql, identifier: string, limit: number): Promise<Job[]> {
  return (await sql.query<Row>(OF_IDENTIFIER, [identifier, limit])).map(toJob)
}

/** In no order; those that are gone are left out. */
export async function findJobs(sql: Sql, ids: readonly number[]): Promise<Job[]> {
  return (await sql.query<Row>(BY_ID, [ids])).map(toJob)
}

function toJob({ deleted_at: _, id, ...row }: Row): Job {
  return { ...row, id: String(id) }
}
