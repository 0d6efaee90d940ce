/** The order in which a person wants to see the jobs of one thing: what went wrong first, then what goes on. */
import type { JobState } from "../../modules/jobqueue/job/states"

const BY_URGENCY: readonly JobState[] = [
  "failed",
  "held",
  "retrying",
  "running",
  "pending",
  "waiting",
  "scheduled",
  "canceled",
  "completed",
]

/** For a stable sort: jobs of the same state keep their order. */
export function byUrgency(a: { state: JobState }, b: { state: JobState }): number {
  return BY_URGENCY.indexOf(a.state) - BY_URGENCY.indexOf(b.state)
}
