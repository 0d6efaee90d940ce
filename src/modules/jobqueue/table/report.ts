/** Writes and reads what running jobs tell of themselves: progress, log lines, and that they are alive. */
import type { JobLogLine, JobProgress } from "../job/report"
import { KEPT_LINES } from "../job/report"
import type { Sql } from "./database"
import { statement } from "./statement"

/** What one run has to tell since its last report. */
export interface Report {
  id: number
  claim: number
  attempt: number
  progress: { done: number; total: number | null; note: string | null } | undefined
  lines: readonly ReportedLine[]
}

export interface ReportedLine {
  line: number
  message: string
  /** As JSON. */
  data: string | null
  /** Milliseconds that have passed since it was logged: the database's clock tells when that was. */
  age: number
}

// Only "id = any" may be an access path, as for completions. The update is the fence and the touch in one: it waits for
// whoever settles or rescues the job right now, and changes no indexed column. Lines that leave the last 200 are deleted
// by primary key.
const WRITE = statement(
  "report",
  `
with mine as (
  update jobqueue_live set updated_at = now()
  where id = any($1) and worker is not null and claim = ($2::bigint[])[array_position($1::bigint[], id)]
  returning id
), progress as (
  insert into jobqueue_progress (job_id, done, total, note, attempt, updated_at)
  select p.id, p.done, p.total, p.note, p.attempt, now()
  from json_to_recordset($3::json) as p(id bigint, done float8, total float8, note text, attempt int)
  where p.id in (select id from mine)
  on conflict (job_id) do update set done = excluded.done, total = excluded.total, note = excluded.note,
    attempt = excluded.attempt, updated_at = excluded.updated_at
), line as (
  insert into jobqueue_log (job_id, claim, line, attempt, message, data, logged_at)
  select g.id, g.claim, g.line, g.attempt, g.message, g.data::json, now() - g.age * interval '1 millisecond'
  from json_to_recordset($4::json) as g(id bigint, claim bigint, line int, attempt int, message text, data text, age float8)
  where g.id in (select id from mine)
  on conflict do nothing
), forgotten as (
  delete from jobqueue_log where ctid = any(array(
    select old.ctid from json_to_recordset($5::json) as o(id bigint, claim bigint, line int)
    cross join lateral (
      select ctid from jobqueue_log
      where job_id = o.id and claim = o.claim and line <= o.line - ${KEPT_LINES}
      order by line limit ${KEPT_LINES}
    ) old))
)
select id from mine`
)

/** Writes all of `reports`. Answers the ids of those whose jobs are still held by their claim. */
export async function writeReports(sql: Sql, reports: readonly Report[]): Promise<number[]> {
  const progress = reports.flatMap(({ id, attempt, progress: one }) => (one ? [{ ...one, id, attempt }] : []))
  const lines = reports.flatMap(({ lines: all, ...of }) =>
    all.map((line) => ({ ...line, id: of.id, claim: of.claim, attempt: of.attempt }))
  )
  const last = reports.flatMap(({ id, claim, lines: all }) =>
    all.length > 0 ? [{ id, claim, line: all[all.length - 1].line }] : []
  )
  const { rows } = await sql.run(WRITE, [
    reports.map(({ id }) => id),
    reports.map(({ claim }) => claim),
    ...[progress, lines, last].map((part) => JSON.stringify(part)),
  ])
  return rows.map(([id]) => id as number)
}

/** The tables of reports, each with one or more rows of a job. */
export const REPORT_TABLES = ["jobqueue_progress", "jobqueue_log"] as const

/** Of jobs that keep nothing once they are completed. */
export async function forgetReports(sql: Sql, ids: readonly number[]): Promise<void> {
  for (const table of REPORT_TABLES) {
    await sql.query(`delete from ${table} where job_id = any($1)`, [ids])
  }
}

const PROGRESS = `select done, total, note, attempt, updated_at from jobqueue_progress where job_id = $1`

export async function readProgress(sql: Sql, id: number): Promise<JobProgress | null> {
  return (await sql.query<JobProgress>(PROGRESS, [id]))[0] ?? null
}

const LOG = `
select attempt, line, message, data, logged_at from (
  select * from jobqueue_log where job_id = $1 and ($2::int is null or attempt = $2)
  order by claim desc, line desc limit $3
) newest order by claim, line`

export interface LogPage {
  /** Default: of all attempts. */
  attempt?: number
  /** Lines at most, the newest ones. Default 200. */
  limit?: number
}

/** The newest lines, in the order in which they were logged. */
export function readLog(
  sql: Sql,
  id: number,
  { attempt, limit = KEPT_LINES }: LogPage = {}
): Promise<JobLogLine[]> {
  return sql.query(LOG, [id, attempt ?? null, limit])
}
