/** Turns a file in `src/jobs` into a scheduled worker: the cron way of working on a queue. */
import type { MedusaContainer } from "@medusajs/framework/types"
import { JOBQUEUE } from "./constants"
import type JobQueueService from "./service"
import type { ScheduledWork } from "./verbs/work-verbs"

/**
 * The default export of such a file. It performs at most `limit` jobs (default 1,000) and takes at most `budget`
 * (default `"50s"`), so that it never blocks the shop's other scheduled jobs.
 *
 * @example
 * export default scheduledWorker({ queue: "reports" })
 * export const config = { name: "jobqueue-reports", schedule: "* * * * *" }
 */
export function scheduledWorker(work: ScheduledWork): (container: MedusaContainer) => Promise<void> {
  return async (container) => {
    await container.resolve<JobQueueService>(JOBQUEUE).workScheduled(work)
  }
}
