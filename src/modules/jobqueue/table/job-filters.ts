/**
 * What a list of jobs may be narrowed by, as SQL. A list is read from `request`, `live` or `outcome`,
 * whichever has the index that serves its order; each such read is one branch.
 */
import { isFinished, type JobState } from "../job/states"
import type { Cursor } from "./cursor"
import { IN_ORDER } from "./in-order"
import { isJobId } from "./job-id"

export interface JobFilters {
  /** Exactly this job; any text that is no id finds nothing. */
  id?: string
  state?: JobState | readonly JobState[]
  /** For jobs of every state: the queue they were enqueued in. */
  queue?: string
  identifier?: string
  store_id?: string
  /** Of any thing that the job is about. */
  resource_type?: string
  resource_id?: string
  tag?: string
  /** A part of the name, or the exact id. */
  q?: string
}

/** Values are only ever bound; `bind` hands out the place that stands for one. */
export class Bindings {
  readonly values: unknown[] = []

  bind(value: unknown): string {
    return `$${this.values.push(value)}`
  }
}

/** A walk over one table, which goes by the name `t`. */
export interface Branch {
  table: "jobqueue_request" | "jobqueue_live" | "jobqueue_outcome"
  /** What follows `select …`. */
  from: string
}

/** A walk from the oldest to the newest: ids beyond `after`, up to `upTo`. */
export interface IdRange {
  after: number
  upTo: number
}

/** Lists of finished jobs alone go by the time of finishing; a list with living jobs in it goes by id. */
export function isByFinish({ state }: JobFilters): boolean {
  const states = toStates(state)
  return states.length > 0 && states.every(isFinished)
}

export function branchesOf(filters: JobFilters, bindings: Bindings, after?: Cursor | IdRange): Branch[] {
  const states = toStates(filters.state)
  const isByResource = filters.resource_type !== undefined || filters.resource_id !== undefined
  const branches = (table: Branch["table"], among: readonly JobState[] = []): Branch[] =>
    (isByResource ? [false, true] : [false]).map((isFurther) => ({
      table,
      from: fromClause({ table, states: among, isFurther }, filters, bindings, after),
    }))
  if (states.length === 0) {
    return branches("jobqueue_request")
  }
  const live = states.filter((state) => !isFinished(state))
  const finished = states.filter(isFinished)
  return [
    ...(live.length > 0 ? branches("jobqueue_live", live) : []),
    ...(finished.length > 0 ? branches("jobqueue_outcome", finished) : []),
  ]
}

/** What one branch reads. `isFurther`: jobs whose second or a later resource is asked for. */
interface Walk {
  table: Branch["table"]
  states: readonly JobState[]
  isFurther: boolean
}

function fromClause(
  { table, states, isFurther }: Walk,
  filters: JobFilters,
  bindings: Bindings,
  after: Cursor | IdRange | undefined
): string {
  const isRequest = table === "jobqueue_request"
  const inOrder = after && "upTo" in after ? ` ${IN_ORDER}` : ""
  const r = isRequest ? "t" : "r"
  const resource = (isFurther ? furtherResource : firstResource)(filters, bindings, r)
  const asked = [...resource.conditions, ...conditionsOnRequest(filters, bindings, r)]
  const join = asked.length > 0 && !isRequest ? " join jobqueue_request r on r.id = t.id" : ""
  const where = [
    ...(states.length > 0 ? [`t.state = any(${bindings.bind(states)}::text[])`] : []),
    ...(filters.queue === undefined ? [] : [`t.queue = ${bindings.bind(filters.queue)}`]),
    ...asked,
    ...(after ? [beyond(after, bindings)] : []),
  ]
  return `from ${table} t${inOrder}${resource.join}${join}${where.length > 0 ? ` where ${where.join(" and ")}` : ""}`
}

function firstResource(filters: JobFilters, bindings: Bindings, r: string) {
  return { join: "", conditions: equalities(["resource_type", "resource_id"], filters, bindings, `${r}.`) }
}

/** Each job once, and none whose first resource fits too. Without a type or an id, several of a job may fit. */
function furtherResource(filters: JobFilters, bindings: Bindings, r: string) {
  const { resource_type: type, resource_id: id } = filters
  const isWhole = type !== undefined && id !== undefined
  const fits = (of: string) =>
    equalities(["resource_type", "resource_id"], filters, bindings, of).join(" and ")
  return {
    join:
      ` join (select ${isWhole ? "" : "distinct "}job_id from jobqueue_resource where ${fits("")}) f` +
      " on f.job_id = t.id",
    conditions: [`not (${fits(`${r}.`)})`],
  }
}

type TextColumn = "identifier" | "store_id" | "resource_type" | "resource_id"

function equalities(
  columns: readonly TextColumn[],
  filters: JobFilters,
  bindings: Bindings,
  of: string
): string[] {
  return columns.flatMap((column) => {
    const value = filters[column]
    return value === undefined ? [] : [`${of}${column} = ${bindings.bind(value)}`]
  })
}

function toStates(state: JobFilters["state"]): readonly JobState[] {
  return typeof state === "string" ? [state] : (state ?? [])
}

// The identifier is asked of the request even where `t` has it too: only there an index serves a rare one.
function conditionsOnRequest(filters: JobFilters, bindings: Bindings, r: string): string[] {
  return [
    ...equalities(["identifier", "store_id"], filters, bindings, `${r}.`),
    ...(filters.id === undefined
      ? []
      : [isJobId(filters.id) ? `${r}.id = ${bindings.bind(Number(filters.id))}::bigint` : "false"]),
    ...(filters.tag === undefined ? [] : [`${bindings.bind(filters.tag)} = any(${r}.tags)`]),
    ...(filters.q === undefined ? [] : [search(filters.q, bindings, r)]),
  ]
}

function search(q: string, bindings: Bindings, r: string): string {
  const name = `${r}.name ilike ${bindings.bind(`%${q.replace(/[\\%_]/g, "\\$&")}%`)}`
  return isJobId(q) ? `(${name} or ${r}.id = ${bindings.bind(Number(q))}::bigint)` : name
}

function beyond(after: Cursor | IdRange, bindings: Bindings): string {
  if ("upTo" in after) {
    return `t.id > ${bindings.bind(after.after)}::bigint and t.id <= ${bindings.bind(after.upTo)}::bigint`
  }
  const { id, finishedAt } = after
  if (finishedAt === undefined) {
    return `t.id < ${bindings.bind(id)}::bigint`
  }
  const time = `timestamptz 'epoch' + ${bindings.bind(finishedAt)}::bigint * interval '1 microsecond'`
  return `(t.finished_at, t.id) < (${time}, ${bindings.bind(id)}::bigint)`
}
