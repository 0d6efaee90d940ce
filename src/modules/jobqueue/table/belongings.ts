/** The rows beside a job that go with it, whoever deletes it. A table that is named here is forgotten nowhere. */

/** Each with the second column of its index, the first being that of the job's id. Few jobs have a row in one. */
const TABLES = [
  { table: "jobqueue_unique", second: "key" },
  { table: "jobqueue_resource", second: "resource_id" },
] as const

/** More than a job can have. */
const MORE_THAN_ANY = 100

/**
 * Further parts of a statement that deletes jobs. One look-up a job, in the order of the index, for the reason that
 * `attemptsOf` gives. @param source - what has their `id`
 */
export function forgettingBelongings(source: string): string {
  return TABLES.map(
    ({ table, second }) => `, forgotten_${table} as (
  delete from ${table} where ctid = any(array(
    select kept.ctid from ${source} as job(id) cross join lateral (
      select ctid from ${table} where job_id = job.id order by ${second} limit ${MORE_THAN_ANY}
    ) kept))
)`
  ).join("")
}

/** The same for one job, as statements of their own. */
export const FORGET_BELONGINGS = TABLES.map(({ table }) => `delete from ${table} where job_id = $1`)
