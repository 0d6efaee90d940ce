/** A job that is performed before it is written: what is known of it on its way, and the answer that its caller gets. */
import { invalidEnqueue } from "../errors/enqueue"
import type { JobClass } from "../job/abstract-job"
import { UNWRITTEN_STATES, type QueuedJob, type UnwrittenJob } from "../job/performed-job"
import type { NewJob } from "../table/new-job"
import type { WrittenAttempt } from "../table/performed"
import type { Conclusion, Settlement } from "../table/settle"
import type { Thrown } from "./perform-dependencies"
import type { Run } from "./run"

/** A job on its way: not written, maybe never. */
export interface Unwritten {
  job: NewJob
  run: Run
  startedAt: Date
  jobClass: JobClass
}

export interface Ending {
  settlement: Settlement
  thrown: Thrown | undefined
}

export function leavesNothing({ settlement: { conclusion } }: Ending): boolean {
  return (UNWRITTEN_STATES as readonly string[]).includes(conclusion.state)
}

/** @throws MedusaError for what makes no sense of a job that is performed now */
export function refuseTimes(identifier: string, options: object): void {
  const problems = ["delay", "runAt", "unique"]
    .filter((key) => (options as Record<string, unknown>)[key] !== undefined)
    .map((path) => ({ path, message: "can't be said of a job that is performed now" }))
  if (problems.length > 0) {
    throw invalidEnqueue(identifier, problems)
  }
}

export function toUnwritten(
  { run, startedAt }: Unwritten,
  { settlement: { conclusion } }: Ending
): UnwrittenJob {
  const { state, reason, result, error } = conclusion
  const finished_at = new Date(startedAt.getTime() + run.duration)
  return {
    ...run.claimed.job,
    id: null,
    state: state as UnwrittenJob["state"],
    reason,
    result: (result ?? null) as UnwrittenJob["result"],
    error,
    finished_at,
    updated_at: finished_at,
  }
}

export function toQueued(
  { run }: Unwritten,
  { state, reason, error }: Conclusion,
  written: WrittenAttempt
): QueuedJob {
  return { ...run.claimed.job, ...written, state: state as QueuedJob["state"], reason, error }
}
