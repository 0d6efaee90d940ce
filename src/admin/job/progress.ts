/** How far a job has come, for people. */
import type { JobProgress } from "../../modules/jobqueue/job/report"

/** Whole percent; undefined where nobody said how much there is. */
export function percentOf({ done, total }: Pick<JobProgress, "done" | "total">): number | undefined {
  return total === null || total <= 0 ? undefined : Math.floor(Math.min(1, Math.max(0, done / total)) * 100)
}
