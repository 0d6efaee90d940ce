/** Finds what jobs have reported: always by primary key, and of jobs alone that have reported anything. */
import { KEPT_LINES, KEPT_LINES_OF_JOB } from "../job/report"

/** More than a job can have. */
const MORE_THAN_ANY = 10_000

/** The lines of one job. With the order and the limit the primary key stays the cheapest way, see attempts.ts. */
export function linesOfJob(id: string): string {
  return `select ctid, * from jobqueue_log where job_id = ${id} order by claim, line limit ${MORE_THAN_ANY}`
}

/**
 * A condition on `jobqueue_log`: lines that have become too many. Those of the whole job are only counted when a
 * performing logs for the first time. @param source - called `performing`, with its `id`, `claim` and `newest` line
 */
export function oldLinesOf(source: string): string {
  const mine = `job_id = performing.id and claim = performing.claim`
  return `ctid = any(array(
    select old.ctid from ${source} cross join lateral (
      select ctid from jobqueue_log where ${mine} and line <= performing.newest - ${KEPT_LINES}
      order by line limit ${KEPT_LINES}) old
    union all
    select old.ctid from ${source} cross join lateral (
      select ctid from (${linesOfJob("performing.id")}) one
      order by logged_at desc, claim desc, line desc offset ${KEPT_LINES_OF_JOB - KEPT_LINES}) old
    where performing.newest is not null and not exists (select from jobqueue_log where ${mine})
  ))`
}

/** Further parts of a statement that deletes jobs. @param source - what has their `id`, and nothing else */
export function forgettingReports(source: string): string {
  return `, forgotten_progress as (
  delete from jobqueue_progress where ctid = any(array(
    select kept.ctid from ${source} as job(id) cross join lateral (
      select ctid from jobqueue_progress where job_id = job.id limit 1) kept))
  returning job_id
), forgotten_log as (
  delete from jobqueue_log where ctid = any(array(
    select kept.ctid from forgotten_progress cross join lateral (${linesOfJob("forgotten_progress.job_id")}) kept))
)`
}
