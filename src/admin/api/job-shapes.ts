/** Jobs as the API sends them: as in the module, with dates as ISO texts. */
import type { Job, JobAttempt } from "../../modules/jobqueue/job/job"
import type { JobLogLine, JobProgress } from "../../modules/jobqueue/job/report"
import type { JobState, RecordedAction } from "../../modules/jobqueue/job/states"

type AsJson<T> = {
  [K in keyof T]: T[K] extends Date ? string : T[K] extends Date | null ? string | null : T[K]
}

interface Listed {
  /** Of the latest attempt that failed. */
  error_message: string | null
  /** False while no living worker knows the identifier. */
  has_worker: boolean
}

export type ListedJob = AsJson<
  Omit<
    Job,
    | "payload"
    | "context"
    | "result"
    | "backoff"
    | "timeout"
    | "store_assumed"
    | "resources"
    | "unique_key"
    | "tags"
    | "updated_at"
  >
> &
  Listed

export type FailedAttempt = AsJson<JobAttempt>

export type LogLine = AsJson<JobLogLine>

export interface JobActionRecord {
  action: RecordedAction
  from_state: JobState
  actor_type: string | null
  actor_id: string | null
  created_at: string
}

interface Retrieved {
  failed_attempts: FailedAttempt[]
  actions: JobActionRecord[]
  progress: AsJson<JobProgress> | null
  log: LogLine[]
}

export type RetrievedJob = AsJson<Job> & Pick<Listed, "has_worker"> & Retrieved

export interface JobListAnswer {
  jobs: ListedJob[]
  count: number
  /** True when there are more than `count`. */
  count_capped: boolean
  offset: number
  limit: number
  next_cursor: string | null
}

export type JobCounts = Record<JobState, { count: number; capped: boolean }>

export interface JobListQuery {
  state?: JobState
  queue?: string
  identifier?: string
  store_id?: string
  resource_type?: string
  resource_id?: string
  q?: string
  limit?: number
  offset?: number
}
