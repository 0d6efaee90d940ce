/** The rows beside a job that go with it, whoever deletes it. A table that is named here is forgotten nowhere. */

/** Tables that point at a job by an index on it; few jobs have a row in them. */
const TABLES = [
  ["jobqueue_unique", "job_id"],
  ["jobqueue_resource", "job_id"],
] as const

/** Further parts of a statement that deletes jobs. @param source - what has their `id` */
export function forgettingBelongings(source: string): string {
  return TABLES.map(
    ([table, column]) => `, forgotten_${table} as (
  delete from ${table} where ${column} = any(array(select id from ${source}))
)`
  ).join("")
}

/** The same for one job, as statements of their own. */
export const FORGET_BELONGINGS = TABLES.map(([table, column]) => `delete from ${table} where ${column} = $1`)
