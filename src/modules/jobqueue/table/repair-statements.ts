/** What each action of a person writes, for jobs that are locked and whose state allows it. */
import { isFinished, type JobAction, type JobState } from "../job/states"
import { attemptsOf } from "./attempts"
import { cloneJobs } from "./clone"
import { forgettingBelongings } from "./belongings"
import type { Sql } from "./database"
import type { LockedJob } from "./lock-jobs"
import type { Repair } from "./repair-request"
import { forgettingReports } from "./report-rows"

// Places in the order of readiness are drawn before, because rows are written in the order in which they lie.
const PLACES = `
place as materialized (
  select array(select nextval('jobqueue_ready_seq') from unnest($1::bigint[])) as seqs
)`
const PLACE = `(select seqs from place)[array_position($1::bigint[], job.id)]`

interface Counts {
  attempts: string
  maxAttempts: string
}

// A job at its limit gets one more attempt; the attempts go on counting, so that the history stays true.
const GO_ON: Counts = {
  attempts: "job.attempts",
  maxAttempts: "greatest(job.max_attempts, job.attempts + 1)",
}

// Retries may have raised the limit; the lowest that they found is the one of the enqueue.
const ANEW: Counts = {
  attempts: "0",
  maxAttempts:
    "least(job.max_attempts, (select min(a.max_attempts) from jobqueue_action a where a.job_id = job.id))",
}

const hurry = ({ attempts, maxAttempts }: Counts) => `
with ${PLACES}
update jobqueue_live job
set state = 'pending', seq = ${PLACE}, run_at = now(), "after" = null, reason = null, refunds = 0, crashes = 0, cancel = false,
  attempts = ${attempts}, max_attempts = ${maxAttempts}, updated_at = now()
where id = any($1)`

const revive = ({ attempts, maxAttempts }: Counts) => `
with ${PLACES}, finished as (delete from jobqueue_outcome where id = any($1) returning *)
insert into jobqueue_live (id, seq, run_at, created_at, claimed_at, updated_at, state, queue, identifier,
  priority, attempts, max_attempts)
select id, ${PLACE}, now(), created_at, started_at, now(), 'pending', queue, identifier,
  priority, ${attempts}, ${maxAttempts}
from finished job`

const HOLD = `
update jobqueue_live set state = 'held', reason = coalesce($2, 'held by a person'), updated_at = now()
where id = any($1)`

const CANCEL = `
with canceled as (delete from jobqueue_live where id = any($1) returning *)
insert into jobqueue_outcome (id, state, attempts, max_attempts, priority, queue, identifier, created_at, run_at,
  started_at, finished_at, reason)
select id, 'canceled', attempts, max_attempts, priority, queue, identifier, created_at, run_at, claimed_at, now(),
  coalesce($2, 'canceled by a person')
from canceled`

const ASK_TO_CANCEL = `
update jobqueue_live
set cancel = true, reason = coalesce($2, 'canceled by a person while it ran'), updated_at = now()
where id = any($1)`

const DELETE = [
  `delete from jobqueue_live where id = any($1)`,
  `delete from jobqueue_outcome where id = any($1)`,
  `delete from jobqueue_attempt where ${attemptsOf("unnest($1::bigint[])")}`,
  `with doomed(id) as (select unnest($1::bigint[]))${forgettingReports("doomed")}${forgettingBelongings("doomed")}, callback as (
    delete from jobqueue_callback where ctid = any(array(
      select of_job.ctid from doomed cross join lateral (
        select ctid from jobqueue_callback where job_id = doomed.id order by claim limit 1000) of_job)))
  delete from jobqueue_request where id = any($1)`,
]

const NONE: ReadonlyMap<number, number> = new Map()

/** Answers, for clones alone, the id of each job's copy. */
export async function perform(
  sql: Sql,
  { action, reason }: Repair,
  jobs: readonly LockedJob[]
): Promise<ReadonlyMap<number, number>> {
  if (action === "clone") {
    return cloneJobs(
      sql,
      jobs.map(({ id }) => id)
    )
  }
  for (const { text, isMeant, saysWhy } of STATEMENTS[action]) {
    const ids = jobs.filter(({ state }) => isMeant?.(state) ?? true).map(({ id }) => id)
    if (ids.length > 0) {
      await sql.query(text, saysWhy ? [ids, reason] : [ids])
    }
  }
  return NONE
}

interface Statement {
  text: string
  /** Default: jobs of all states. */
  isMeant?: (state: JobState) => boolean
  saysWhy?: boolean
}

const isLive = (state: JobState) => !isFinished(state)
const isRunning = (state: JobState) => state === "running"

const makeReady = (counts: Counts): Statement[] => [
  { text: hurry(counts), isMeant: isLive },
  { text: revive(counts), isMeant: isFinished },
]

const STATEMENTS: Record<Exclude<JobAction, "clone">, readonly Statement[]> = {
  retry: makeReady(GO_ON),
  restart: makeReady(ANEW),
  release: makeReady(GO_ON),
  hold: [{ text: HOLD, saysWhy: true }],
  cancel: [
    { text: ASK_TO_CANCEL, isMeant: isRunning, saysWhy: true },
    { text: CANCEL, isMeant: (state) => !isRunning(state), saysWhy: true },
  ],
  delete: DELETE.map((text) => ({ text })),
}
