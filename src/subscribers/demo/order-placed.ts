/** What the demo shop does about each order: jobs, which outlive this process. */
import type { SubscriberArgs, SubscriberConfig } from "@medusajs/framework"
import { enqueueOrderJobs } from "../../modules/demo/order-jobs"

export default async function orderPlaced({ event, container }: SubscriberArgs<{ id: string }>) {
  await enqueueOrderJobs(container, event.data.id, { from: event })
}

export const config: SubscriberConfig = { event: "order.placed" }
