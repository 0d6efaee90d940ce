/** The jobs that a bulk action is about: a walk over them from the oldest, and how many there are in each state. */
import { type JobState } from "../job/states"
import type { Sql } from "./database"
import { Bindings, branchesOf, type IdRange, type JobFilters } from "./job-filters"

export interface StateCount {
  state: JobState
  count: number
}

const LAST_JOB = `select case when is_called then last_value else 0 end as id from jobqueue_job_id_seq`

/** The newest job at this moment: a walk that stops there never meets what it makes itself. */
export async function lastJobId(sql: Sql): Promise<number> {
  const [{ id }] = await sql.query<{ id: number }>(LAST_JOB)
  return id
}

/** The next `limit` ids, the oldest first; `filters` must name states. */
export async function nextMatching(
  sql: Sql,
  filters: JobFilters,
  range: IdRange,
  limit: number
): Promise<number[]> {
  const bindings = new Bindings()
  const rows = await sql.query<{ id: number }>(oldest(filters, range, limit, bindings), bindings.values)
  return rows.map(({ id }) => id)
}

/** Not capped as in the lists: what is done is told exactly. @param limit - counts only so many, the oldest */
export async function countMatching(sql: Sql, filters: JobFilters, limit?: number): Promise<StateCount[]> {
  const bindings = new Bindings()
  const everything = () =>
    branchesOf(filters, bindings)
      .map(({ from }) => `select t.state ${from}`)
      .join(" union all ")
  const from =
    limit === undefined
      ? everything()
      : oldest(filters, { after: 0, upTo: Number.MAX_SAFE_INTEGER }, limit, bindings)
  return sql.query(`select state, count(*)::int as count from (${from}) job group by state`, bindings.values)
}

const STATES = `
select id, state from jobqueue_live where id = any($1)
union all
select id, state from jobqueue_outcome where id = any($1)`

export async function statesOf(sql: Sql, ids: readonly number[]): Promise<Map<number, JobState>> {
  const rows = await sql.query<{ id: number; state: JobState }>(STATES, [ids])
  return new Map(rows.map(({ id, state }) => [id, state]))
}

/** As many branches as tables; each is cut before they are united, so that it is read no further. */
function oldest(filters: JobFilters, range: IdRange, limit: number, bindings: Bindings): string {
  const first = `order by id limit ${bindings.bind(limit)}::int`
  const cut = branchesOf(filters, bindings, range).map(
    ({ from }) => `(select t.id, t.state ${from} ${first.replace("by id", "by t.id")})`
  )
  return `select id, state from (${cut.join(" union all ")}) u ${first}`
}
