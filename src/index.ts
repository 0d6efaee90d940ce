/** The public surface of `medusa-plugin-jobqueue`, nothing else. */
export { JOBQUEUE } from "./modules/jobqueue/constants"
export {
  AbstractJob,
  type ClassUnique,
  type JobClass,
  type PerformResult,
} from "./modules/jobqueue/job/abstract-job"
export type { Backoff, ExponentialBackoff, FixedBackoff } from "./modules/jobqueue/job/backoff"
export type { JobContext } from "./modules/jobqueue/job/context"
export { defineJob, type JobDefinition, type Outcomes } from "./modules/jobqueue/job/define-job"
export type { Duration } from "./modules/jobqueue/job/duration"
export type { EnqueueOptions, SharedContext } from "./modules/jobqueue/job/enqueue-options"
export type { EnqueuedJob, Job, JobAttempt, JobResource } from "./modules/jobqueue/job/job"
export type * from "./modules/jobqueue/job/job-registry" // by name, no shop could add to the interface
export type { JsonValue } from "./modules/jobqueue/job/json"
export type { PayloadOf } from "./modules/jobqueue/job/payload-of"
export type { Outcome } from "./modules/jobqueue/job/outcome"
export { JobPriority, type JobSettings } from "./modules/jobqueue/job/settings"
export type { StandardSchema } from "./modules/jobqueue/job/standard-schema"
export { JOB_STATES, type JobAction, type JobState } from "./modules/jobqueue/job/states"
export type { Store, StoreContext } from "./modules/jobqueue/job/store-context"
export type { OnConflict, UniqueOptions } from "./modules/jobqueue/job/unique"
export { jobLoader } from "./modules/jobqueue/loaders/job-classes"
export type { JobQueueOptions, QueueOptions, ResolveStore } from "./modules/jobqueue/options"
export { scheduledWorker } from "./modules/jobqueue/scheduled-worker"
export type { default as JobQueueService } from "./modules/jobqueue/service"
export type { JobCounts } from "./modules/jobqueue/table/count"
export type { JobList } from "./modules/jobqueue/table/list"
export type { Actor } from "./modules/jobqueue/table/repair"
export type { RetrievedJob } from "./modules/jobqueue/table/retrieve"
export type { EnqueueRequest } from "./modules/jobqueue/verbs/enqueue-verbs"
export type { SettingsUpdate, SettingsView } from "./modules/jobqueue/verbs/settings-verbs"
export type { ScheduledWork } from "./modules/jobqueue/verbs/work-verbs"
