/**
 * Writes what running jobs report, many at a time: how far they have come, their log lines, that they are alive. Every
 * row is fenced by the token of its claim, like all that is written after the claim.
 */
import type { JobLogLine, JobProgress } from "../job/report"
import { KEPT_LINES } from "../job/report"
import type { Sql } from "./database"
import { linesOfJob, oldLinesOf } from "./report-rows"
import { statement } from "./statement"

export interface ReportedProgress {
  done: number
  total: number | null
  note: string | null
  /** Milliseconds since the job said so: the database's clock makes a moment of it. */
  age: number
}

export interface ReportedLine {
  /** Counted from 1 in each performing. */
  line: number
  message: string
  /** As JSON. */
  data: string | null
  age: number
}

/** What one performing has to say since its last report; when that is nothing, then that it is alive. */
export interface Report {
  id: number
  claim: number
  attempt: number
  progress: ReportedProgress | null
  lines: readonly ReportedLine[]
}

const KEY = `id || ':' || claim`

// The update is the fence: it waits for whoever rescues or settles the job right now, and then finds another token. It
// says in "updated_at" that the job is alive; no index has that column, so the row stays in its page. "id = any" is the
// only access path, for the reasons given in complete.ts.
const MINE = `
mine as (
  update jobqueue_live set updated_at = now()
  where id = any($1) and worker is not null and $2::jsonb ? (${KEY})
  returning id, claim
)`

const SAID = `mine cross join lateral jsonb_to_record($2::jsonb -> (${KEY})) as s(
    attempt int, done float8, total float8, note text, age float8, newest int, lines jsonb)`

// A job that has only logged gets a row too, see the migration. The progress of an earlier attempt stays until there is another.
const PROGRESS = `
progress as (
  insert into jobqueue_progress (job_id, attempt, done, total, note, updated_at)
  select mine.id, s.attempt, s.done, s.total, s.note, now() - coalesce(s.age, 0) * interval '1 millisecond'
  from ${SAID}
  where s.done is not null or s.newest is not null
  on conflict (job_id) do update
  set attempt = excluded.attempt, done = excluded.done, total = excluded.total, note = excluded.note,
    updated_at = excluded.updated_at
  where excluded.done is not null
)`

const LOG = `
line as (
  insert into jobqueue_log (job_id, claim, line, attempt, message, data, logged_at)
  select mine.id, mine.claim, l.line, s.attempt, l.message, l.data::json, now() - l.age * interval '1 millisecond'
  from ${SAID} cross join lateral jsonb_to_recordset(s.lines) as l(line int, message text, data text, age float8)
  on conflict do nothing
)`

const FORGET_OLD_LINES = `
old_line as (
  delete from jobqueue_log where ${oldLinesOf(`(select mine.id, mine.claim, s.newest from ${SAID}) performing`)}
)`

/** Exported for the plan tests. */
export const REPORT = statement(
  "report",
  `with ${[MINE, PROGRESS, LOG, FORGET_OLD_LINES].join(",")}
select id, claim from mine`
)

/** Answers those that their claim no longer held: of them nothing was written. It may be sent again. */
export async function writeReports(sql: Sql, reports: readonly Report[]): Promise<Report[]> {
  const byKey = new Map(reports.map((report) => [keyOf(report.id, report.claim), report]))
  const said = Array.from(byKey, ([key, report]) => [key, toSaid(report)])
  const ids = [...new Set(reports.map(({ id }) => id))]
  const { rows } = await sql.run(REPORT, [ids, JSON.stringify(Object.fromEntries(said))])
  for (const [id, claim] of rows as [number, number][]) {
    byKey.delete(keyOf(id, claim))
  }
  return [...byKey.values()]
}

function keyOf(id: number, claim: number): string {
  return `${id}:${claim}`
}

function toSaid({ attempt, progress, lines }: Report): object {
  return { attempt, ...progress, newest: lines.at(-1)?.line, lines }
}

const READ_PROGRESS = `
select done, total, note, attempt, updated_at from jobqueue_progress where job_id = $1 and done is not null`

export async function readProgress(sql: Sql, id: number): Promise<JobProgress | null> {
  return (await sql.query<JobProgress>(READ_PROGRESS, [id]))[0] ?? null
}

const READ_LOG = `
select attempt, line, message, data, logged_at from (
  select * from (${linesOfJob("$1")}) of_job where $2::int is null or attempt = $2
  order by logged_at desc, claim desc, line desc limit $3
) newest order by logged_at, claim, line`

export interface LogPage {
  /** Default: all attempts. */
  attempt?: number
  /** Lines at most, the newest ones. Default 200. */
  limit?: number
}

/** In the order in which they were logged. */
export function readLog(
  sql: Sql,
  id: number,
  { attempt, limit = KEPT_LINES }: LogPage = {}
): Promise<JobLogLine[]> {
  return sql.query(READ_LOG, [id, attempt ?? null, limit])
}
