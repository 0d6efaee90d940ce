/** Which jobs a bulk action is about: checked first, because a filter that says nothing would mean every job. */
import { invalidAction } from "../errors/repair"
import { isLegal, JOB_STATES, type JobAction, type JobState } from "../job/states"
import type { BulkTally } from "./bulk-tally"
import type { JobFilters } from "./job-filters"
import { isJobId } from "./job-id"

/** These jobs, each once, in this order; an empty list is a no-op. */
export interface JobsById {
  ids: readonly string[]
}

export interface JobsByFilter {
  /** As for `listJobs`; at least one. Jobs that are enqueued after the action began are not meant. */
  filter: JobFilters
  /**
   * At most so many, the oldest first. Jobs whose state does not allow the action are passed over then, and not
   * counted as refused. Default: all.
   */
  limit?: number
}

export type BulkTarget = JobsById | JobsByFilter

const FILTERS: Record<keyof JobFilters, true> = {
  ...{ id: true, state: true, queue: true, identifier: true, store_id: true },
  ...{ resource_type: true, resource_id: true, tag: true, q: true },
}

/** @throws MedusaError INVALID_DATA that says what was expected */
export function checkTarget(target: BulkTarget): BulkTarget {
  const { ids, filter, limit } = target as Partial<JobsById & JobsByFilter>
  if ((ids === undefined) === (filter === undefined)) {
    throw invalidAction("expected either `ids` or `filter`, to say which jobs are meant.")
  }
  if (filter !== undefined) {
    checkLimit(limit)
    return { filter: checkFilter(filter), limit }
  }
  if (!Array.isArray(ids)) {
    throw invalidAction(`expected \`ids\` to be a list of job ids, got ${typeof ids}.`)
  }
  if (limit !== undefined) {
    throw invalidAction("`limit` belongs to a filter; leave ids away instead.")
  }
  return { ids }
}

function checkLimit(limit: unknown): void {
  if (limit !== undefined && !(Number.isInteger(limit) && Number(limit) > 0)) {
    throw invalidAction(`expected \`limit\` to be a whole number from 1 on, got ${String(limit)}.`)
  }
}

function checkFilter(filter: JobFilters): JobFilters {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined)
  const known = Object.keys(FILTERS)
  for (const [name, value] of given) {
    if (!known.includes(name)) {
      throw invalidAction(`there is no filter "${name}"; there are ${known.join(", ")}.`)
    }
    if (name !== "state" && typeof value !== "string") {
      throw invalidAction(`expected the filter "${name}" to be a text, got ${typeof value}.`)
    }
  }
  if (given.length === 0) {
    throw invalidAction(`expected at least one filter, because none means every job: ${known.join(", ")}.`)
  }
  checkStates(filter.state)
  return Object.fromEntries(given)
}

function checkStates(state: JobFilters["state"]): void {
  const states = toStates(state)
  const isKnown = (one: unknown) => (JOB_STATES as readonly unknown[]).includes(one)
  if (states.length === 0 || !states.every(isKnown)) {
    const got = JSON.stringify(state)
    throw invalidAction(
      `expected the filter "state" to be one or more of ${JOB_STATES.join(", ")}, got ${got}.`
    )
  }
}

function toStates(state: JobFilters["state"]): readonly JobState[] {
  return state === undefined ? JOB_STATES : typeof state === "string" ? [state] : state
}

/** The states that a filter means, by whether the action may start there. */
export function splitStates(
  action: JobAction,
  { state }: JobFilters
): Record<"legal" | "illegal", JobState[]> {
  const states = [...new Set(toStates(state))]
  return {
    legal: states.filter((one) => isLegal(action, one)),
    illegal: states.filter((one) => !isLegal(action, one)),
  }
}

/** Each once; what can be no id is refused at once. */
export function parseIds(ids: readonly string[], tally: BulkTally): number[] {
  const distinct = [...new Set(ids)]
  const isId = (id: unknown) => typeof id === "string" && isJobId(id)
  distinct.filter((id) => !isId(id)).forEach((id) => tally.refuse(null, 1, [String(id)]))
  return distinct.filter(isId).map(Number)
}

export function chunksOf<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size)
  )
}
