/** One job with all that is known of it: its failed attempts, who did what to it, whether a worker knows it. */
import { jobNotFound } from "../errors/repair"
import type { Job, JobAttempt } from "../job/job"
import type { JobLogLine, JobProgress } from "../job/report"
import type { JobState, RecordedAction } from "../job/states"
import { attemptsOfJob } from "./attempts"
import type { Sql } from "./database"
import { parseJobId } from "./job-id"
import { readLog, readProgress } from "./report"

/** What a person, or a third party, did to the job, and in which state it was then. */
export interface JobActionRecord {
  action: RecordedAction
  from_state: JobState
  /** Where it left the job: one that was asked to cancel while it ran still runs then. Null where that was not recorded. */
  to_state: JobState | null
  reason: string | null
  /** What the records of one bulk action have in common. */
  batch: string | null
  /** Of a clone: the copy, or the job of which this one is a copy. */
  related_job_id: string | null
  actor_type: string | null
  actor_id: string | null
  created_at: Date
}

export interface RetrievedJob extends Job {
  /** Newest first. Attempts that completed leave no row here. */
  failed_attempts: JobAttempt[]
  /** Newest first. */
  actions: JobActionRecord[]
  /** How far it was when it last said so; null when it never did. */
  progress: JobProgress | null
  /** The last 200 lines that it logged, of all attempts, in their order. */
  log: JobLogLine[]
  /** False while no living worker knows the identifier: the job waits for one that does. */
  has_worker: boolean
  /** Until when a waiting job waits for its callback; null in every other state. */
  waiting_until: Date | null
}

const COLUMNS = `
  j.id, j.identifier, j.name, j.queue, j.state, j.priority, j.attempts, j.max_attempts, j.backoff, j.timeout,
  j.payload, j.context, j.store_id, j.store_assumed, j.resource_type, j.resource_id, j.resources, j.unique_key, j.tags,
  j.reason, j.result, j.run_at, j.started_at, j.finished_at, j.created_at, j.updated_at`

const JOB = `
select ${COLUMNS}, case when j.state = 'waiting' then j.run_at end as waiting_until,
  exists (select from jobqueue_worker w where w.lease_until > now() and j.identifier = any(w.identifiers)) as has_worker
from jobqueue_job j where j.id = $1`

const JOBS = `select ${COLUMNS} from jobqueue_job j where j.id = any($1)`

const ATTEMPTS = `
select attempt, outcome, worker, started_at, finished_at, error_name, error_message, error_stack
from (${attemptsOfJob("$1")}) attempt_of_job
order by finished_at desc, attempt desc limit 20`

const ACTIONS = `
select action, from_state, to_state, reason, batch, related_id::text as related_job_id, actor_type, actor_id, created_at
from jobqueue_action where job_id = $1
order by id desc limit 100`

/** Jobs alone, by id; those that are not there are left out. */
export async function readJobs(sql: Sql, ids: readonly number[]): Promise<Map<number, Job>> {
  const rows = await sql.query<Omit<Job, "id"> & { id: number }>(JOBS, [ids])
  return new Map(rows.map((row) => [row.id, { ...row, id: String(row.id) }]))
}

/** @throws MedusaError NOT_FOUND when there is no such job */
export async function retrieveJob(sql: Sql, publicId: string): Promise<RetrievedJob> {
  const id = parseJobId(publicId)
  const [job] = await sql.query<Omit<RetrievedJob, "failed_attempts" | "actions" | "progress" | "log">>(JOB, [
    id,
  ])
  if (!job) {
    throw jobNotFound(publicId)
  }
  const [failed_attempts, actions, progress, log] = await Promise.all([
    sql.query<JobAttempt>(ATTEMPTS, [id]),
    sql.query<JobActionRecord>(ACTIONS, [id]),
    readProgress(sql, id),
    readLog(sql, id),
  ])
  return { ...job, id: publicId, failed_attempts, actions, progress, log }
}
