/** Finds the kept attempts of jobs: always by primary key. */

/** How many failed attempts of a job keep their errors. */
export const KEPT_ATTEMPTS = 20

/** More than a job can have: a settle leaves 20, and rescue adds few. */
const MORE_THAN_ANY = 1000

/**
 * The rows of one job. With the order and the limit the primary key stays the cheapest way also where the planner
 * believes that any job has thousands, as after an analyze when one job alone had failed (a page of 20 jobs read
 * 20 × 90,000 attempts: 300 ms instead of 5).
 */
export function attemptsOfJob(id: string): string {
  return `select ctid, * from jobqueue_attempt where job_id = ${id} order by claim limit ${MORE_THAN_ANY}`
}

/**
 * A condition on `jobqueue_attempt`: the attempts of the jobs whose `id` the source has. By ctid and one look-up a job,
 * because the planner believes `job_id = any(…)` to find a large part of a table that it knows nothing of, and scans it
 * (180,000 rows for 500 jobs without any: 16 ms instead of 1.5).
 */
export function attemptsOf(source: string): string {
  return `ctid = any(array(
    select kept.ctid from ${source} as job(id) cross join lateral (${attemptsOfJob("job.id")}) kept))`
}

/** The same for those that are older than the latest `kept` of each job. @param source - called `job`, with an `id` */
export function oldAttemptsOf(source: string, kept: number): string {
  return `ctid = any(array(
    select old.ctid from ${source} cross join lateral (
      select ctid from (${attemptsOfJob("job.id")}) one order by finished_at desc, attempt desc offset ${kept}
    ) old))`
}
