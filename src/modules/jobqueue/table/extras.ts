/**
 * What few jobs have: a unique key, several resources, another job that must end before. It is written by a statement of
 * its own, so that all others pay nothing for it.
 */
import type { JobResource } from "../job/job"
import type { NewJob } from "./new-job"

/** The column "extras" of a request. */
export interface Extras {
  unique_key?: string
  /** All of them, the first too; only when there are several. */
  resources?: JobResource[]
}

export function extrasOf({ unique, resources }: NewJob): string | null {
  return unique || resources ? JSON.stringify({ unique_key: unique?.key, resources } satisfies Extras) : null
}

export function hasExtras({ unique, resources, after }: NewJob): boolean {
  return unique !== undefined || resources !== undefined || after !== undefined
}

/** Where the statement that writes jobs says more. */
export interface Insertion {
  /** Columns of the request, and of the live job; in the input they have the same names. */
  request: string
  live: string
  /** When a job may run at once. */
  due: string
  /** Further parts of the statement. */
  also: string
}

export const PLAIN: Insertion = { request: "", live: "", due: "run_at <= now()", also: "" }

// The first resource stands in the request. Of several jobs of one call that have the same key the last one holds it.
export const WITH_EXTRAS: Insertion = {
  request: ", extras",
  live: ', "after"',
  due: 'run_at <= now() and "after" is null',
  also: `, resource as (
  insert into jobqueue_resource (resource_type, resource_id, job_id)
  select value ->> 'type', value ->> 'id', id
  from input cross join json_array_elements(extras -> 'resources') with ordinality as one(value, place)
  where place > 1
), held as (
  update jobqueue_unique u set job_id = taken.id
  from (
    select identifier, extras ->> 'unique_key' as key, max(id) as id from input
    where extras ->> 'unique_key' is not null group by 1, 2
  ) taken
  where u.identifier = taken.identifier and u.key = taken.key
)`,
}
