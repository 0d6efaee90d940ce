/** Whether a job waits, now or when its time comes, for a worker that knows its class. */
import type { JobState } from "../../modules/jobqueue/job/states"

const PERFORMED_NEXT: readonly JobState[] = ["pending", "scheduled", "retrying"]

export function waitsForWorker(job: { state: JobState; has_worker: boolean }): boolean {
  return !job.has_worker && PERFORMED_NEXT.includes(job.state)
}
