/**
 * The scheduled worker of the default queue. It ticks each minute and works when the settings name that
 * minute, unless a continuous worker serves the queue.
 */
import type { MedusaContainer } from "@medusajs/framework/types"
import { JOBQUEUE } from "../modules/jobqueue/constants"
import type JobQueueService from "../modules/jobqueue/service"

export default async function workDefaultQueue(container: MedusaContainer) {
  await container.resolve<JobQueueService>(JOBQUEUE).workDefaultQueue(new Date())
}

export const config = {
  name: "jobqueue-default-queue",
  schedule: "* * * * *",
}
