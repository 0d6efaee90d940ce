/** The public surface of `medusa-plugin-jobqueue`, nothing else. */
export { JOBQUEUE } from "./modules/jobqueue/constants"
export {
  AbstractJob,
  type ClassUnique,
  type JobClass,
  type PerformResult,
} from "./modules/jobqueue/job/abstract-job"
export type { Backoff, ExponentialBackoff, FixedBackoff } from "./modules/jobqueue/job/backoff"
export type { Callback, JobContext } from "./modules/jobqueue/job/context"
export { defineJob, type JobDefinition, type Outcomes } from "./modules/jobqueue/job/define-job"
export type { Duration } from "./modules/jobqueue/job/duration"
export type { EnqueueOptions, SharedContext } from "./modules/jobqueue/job/enqueue-options"
export type { HookContext } from "./modules/jobqueue/job/hook-context"
export type { EnqueuedJob, Job, JobAttempt, JobResource } from "./modules/jobqueue/job/job"
export {
  JobEvents,
  type ChosenEvent,
  type JobEventData,
  type JobEventMap,
  type JobEventName,
} from "./modules/jobqueue/job/job-events"
export type * from "./modules/jobqueue/job/job-registry" // by name, no shop could add to the interface
export type { JobLogLine, JobProgress } from "./modules/jobqueue/job/report"
export type { JsonValue } from "./modules/jobqueue/job/json"
export type { EnqueueCall, EnqueueRequest, JobMiddleware } from "./modules/jobqueue/job/middleware"
export type { Outcome, WaitForCallback } from "./modules/jobqueue/job/outcome"
export type { PayloadOf } from "./modules/jobqueue/job/payload-of"
export type {
  PerformedJob,
  PerformImmediateOptions,
  PerformNowOptions,
  QueuedJob,
  UnwrittenJob,
} from "./modules/jobqueue/job/performed-job"
export { JobPriority, type JobSettings } from "./modules/jobqueue/job/settings"
export type { StandardSchema } from "./modules/jobqueue/job/standard-schema"
export {
  JOB_ACTIONS,
  JOB_STATES,
  type JobAction,
  type JobState,
  type RecordedAction,
} from "./modules/jobqueue/job/states"
export type { Store, StoreContext } from "./modules/jobqueue/job/store-context"
export type { CallbackReceipt } from "./modules/jobqueue/lifecycle/receive-callback"
export type { OnConflict, UniqueOptions } from "./modules/jobqueue/job/unique"
export { jobLoader } from "./modules/jobqueue/loaders/job-classes"
export type { JobQueueOptions, QueueOptions, ResolveStore } from "./modules/jobqueue/options"
export { scheduledWorker } from "./modules/jobqueue/scheduled-worker"
export type { default as JobQueueService } from "./modules/jobqueue/service"
export type { BulkTarget } from "./modules/jobqueue/table/bulk-target"
export type { BulkResult } from "./modules/jobqueue/table/bulk-tally"
export type { JobCounts } from "./modules/jobqueue/table/count"
export type { JobList } from "./modules/jobqueue/table/list"
export type { Actor } from "./modules/jobqueue/table/repair-request"
export type { RetrievedJob } from "./modules/jobqueue/table/retrieve"
export type { ActedBy, ActionDetails } from "./modules/jobqueue/verbs/action-details"
export type { BulkDetails } from "./modules/jobqueue/verbs/bulk-verbs"
export type { CallbackAddress, Rejection, ResolvedJob } from "./modules/jobqueue/verbs/callback-verbs"
export type { SettingsUpdate, SettingsView } from "./modules/jobqueue/verbs/settings-verbs"
export type { ScheduledWork } from "./modules/jobqueue/verbs/work-verbs"
