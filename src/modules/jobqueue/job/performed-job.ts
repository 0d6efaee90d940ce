/** What a job comes to that is performed on the spot, by `performImmediate` or `performNow`. */
import type { EnqueueOptions } from "./enqueue-options"
import type { Job } from "./job"
import type { JobState } from "./states"
import type { ThrownRecord } from "./thrown"

/** All that an enqueue may say, but when: the job is performed now. */
export type PerformNowOptions = Omit<EnqueueOptions, "runAt" | "delay" | "unique">

export interface PerformImmediateOptions extends PerformNowOptions {
  /** The queue in which it is tried again when it fails. Default: the queue that it would be enqueued in. */
  retryQueue?: string
}

/** What an unwritten job leaves nothing of in the tables: it is done, or no longer wanted. */
export const UNWRITTEN_STATES = ["completed", "canceled"] as const satisfies readonly JobState[]

type UnwrittenState = (typeof UNWRITTEN_STATES)[number]

interface Performed {
  /** The error of this attempt, as it is kept; null when it left none. */
  error: ThrownRecord | null
}

/** Done, or no longer wanted: no row was written, so there is no id to look for. */
export type UnwrittenJob = Omit<Job, "id" | "state"> & Performed & { id: null; state: UnwrittenState }

/** In its queue or set aside, as any other job whose first attempt came to that. */
export type QueuedJob = Omit<Job, "state"> & Performed & { state: Exclude<JobState, UnwrittenState> }

/** `id` tells whether the job was written. */
export type PerformedJob = UnwrittenJob | QueuedJob
