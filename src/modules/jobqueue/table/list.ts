/**
 * Lists of jobs for the admin and the API, newest first. First the ids of one page, from the table whose
 * index serves the order; then what is shown of those few. A page costs the same with ten million jobs.
 */
import { MedusaError } from "@medusajs/framework/utils"
import type { Job } from "../job/job"
import { attemptsOfJob } from "./attempts"
import { COUNT_LIMIT, countBranches, type CappedCount } from "./count"
import { parseCursor, toCursorText, type Cursor } from "./cursor"
import type { Database } from "./database"
import { Bindings, branchesOf, isByFinish, type Branch, type JobFilters } from "./job-filters"
import { isJobId } from "./job-id"
import { isOverTimeLimit, withTimeLimit } from "./time-limit"

export interface JobPage {
  /** At most 100. */
  limit: number
  /** At most 10,000; beyond that, `after`. */
  offset?: number
  /** The `next_cursor` of the page before. */
  after?: string
}

/** What a list shows of a job. */
export interface ListedJob extends Omit<
  Job,
  | "payload"
  | "context"
  | "result"
  | "backoff"
  | "timeout"
  | "store_assumed"
  | "resources"
  | "unique_key"
  | "tags"
  | "updated_at"
> {
  /** Of the latest attempt that failed, cut to 500 characters. */
  error_message: string | null
  /** False while no living worker knows the identifier: the job waits for one that does. */
  has_worker: boolean
}

export interface JobList {
  jobs: ListedJob[]
  count: number
  /** True when there are more than `count`: they are not counted further. */
  count_capped: boolean
  next_cursor: string | null
}

const PAGE_TIME_LIMIT = 2000
const COUNT_TIME_LIMIT = 1000

/** @throws MedusaError INVALID_DATA when the cursor is of another list, or a search takes too long */
export async function listJobs(database: Database, filters: JobFilters, page: JobPage): Promise<JobList> {
  const after = page.after === undefined ? undefined : parseCursor(page.after, isByFinish(filters))
  const { jobs, next } = await readPage(database, filters, page, after).catch((error) => {
    // Names are searched without an index, about a million in a second; an id never waits for that.
    if (isOverTimeLimit(error) && filters.q !== undefined && isJobId(filters.q)) {
      return readPage(database, { ...filters, q: undefined, id: filters.q }, page, after)
    }
    throw isOverTimeLimit(error) ? searchTooLong() : error
  })
  const { count, capped } = await countAll(database, filters, (page.offset ?? 0) + jobs.length)
  return { jobs, count, count_capped: capped, next_cursor: next ? toCursorText(next) : null }
}

interface Row extends Omit<ListedJob, "id"> {
  id: number
  finished_us: number | null
}

async function readPage(
  database: Database,
  filters: JobFilters,
  { limit, offset = 0 }: JobPage,
  after: Cursor | undefined
): Promise<{ jobs: ListedJob[]; next: Cursor | undefined }> {
  const bindings = new Bindings()
  const byFinish = isByFinish(filters)
  const ids = pageOfIds(branchesOf(filters, bindings, after), byFinish, limit + 1, offset, bindings)
  const rows = await withTimeLimit(database, PAGE_TIME_LIMIT, (sql) =>
    sql.query<Row>(showing(ids, byFinish), bindings.values)
  )
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  return {
    jobs: shown.map(({ finished_us: _, ...row }) => ({ ...row, id: String(row.id) })),
    next: last && { id: last.id, ...(byFinish && { finishedAt: Number(last.finished_us) }) },
  }
}

// The branches are cut before they are united, so that each is read in its index's order and no further.
// Page and capped count together, 2M finished + 1M pending + 50k failed, PostgreSQL 18, in ms: all 4 · offset
// 10,000 5 · pending 17 · failed 24 · completed 4 · a resource, a rare store or identifier 2 to 4 · failed of
// one identifier 74 · failed and a rare store 3 · a rare queue in all states 530 (no index: the slowest).
function pageOfIds(
  branches: Branch[],
  byFinish: boolean,
  limit: number,
  offset: number,
  bindings: Bindings
): string {
  const order = byFinish ? "finished_at desc, id desc" : "id desc"
  const columns = byFinish ? "t.id, t.finished_at" : "t.id"
  const cut = branches.map(
    ({ from }) => `(select ${columns} ${from} order by ${order} limit ${bindings.bind(limit + offset)}::int)`
  )
  return (
    `select * from (${cut.join(" union all ")}) u order by ${order} ` +
    `limit ${bindings.bind(limit)}::int offset ${bindings.bind(offset)}::int`
  )
}

function showing(ids: string, byFinish: boolean): string {
  return `
with page as materialized (${ids})
select j.id, j.identifier, j.name, j.queue, j.state, j.priority, j.attempts, j.max_attempts, j.store_id,
  j.resource_type, j.resource_id, j.reason, j.run_at, j.started_at, j.finished_at, j.created_at,
  left(e.error_message, 500) as error_message,
  exists (select from jobqueue_worker w where w.lease_until > now() and j.identifier = any(w.identifiers)) as has_worker,
  (extract(epoch from j.finished_at) * 1000000)::bigint as finished_us
from page join jobqueue_job j on j.id = page.id
left join lateral (
  select a.error_message from (${attemptsOfJob("j.id")}) a
  where a.error_message is not null
  order by a.finished_at desc limit 1
) e on true
order by ${byFinish ? "page.finished_at desc, page.id desc" : "page.id desc"}`
}

/** A count that takes too long says what is known: at least as many as were seen. */
async function countAll(database: Database, filters: JobFilters, seen: number): Promise<CappedCount> {
  const bindings = new Bindings()
  const branches = branchesOf(filters, bindings)
  try {
    return await withTimeLimit(database, COUNT_TIME_LIMIT, (sql) => countBranches(sql, branches, bindings))
  } catch (error) {
    if (isOverTimeLimit(error)) {
      return { count: Math.min(seen, COUNT_LIMIT), capped: true }
    }
    throw error
  }
}

function searchTooLong(): MedusaError {
  return new MedusaError(
    MedusaError.Types.INVALID_DATA,
    `jobqueue: the search took longer than ${PAGE_TIME_LIMIT / 1000} s and was ended. ` +
      "Narrow it by a state, a queue, an identifier or a store."
  )
}
