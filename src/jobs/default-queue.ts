/**
 * The scheduled worker of the default queue. It ticks each minute and works when the settings say so, unless a
 * continuous worker serves the queue.
 */
import type { MedusaContainer } from "@medusajs/framework/types"
import { JOBQUEUE, type JobQueueService } from "../index"

export default async function workDefaultQueue(container: MedusaContainer) {
  await container.resolve<JobQueueService>(JOBQUEUE).workDefaultQueue(new Date())
}

export const config = {
  name: "jobqueue-default-queue",
  schedule: "* * * * *",
}
