/**
 * Finds orders without their jobs. Medusa's local event bus keeps events in memory, so a process that is killed
 * between an order and its subscriber forgets that order; the order itself is in the database.
 */
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { enqueueOrderJobs, LAST_OF_ORDER } from "../../modules/demo/order-jobs"

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const MOST = 1000

export default async function enqueueForMissedOrders(container: MedusaContainer) {
  const query = container.resolve(ContainerRegistrationKeys.QUERY)
  const now = Date.now()
  const { data: orders } = await query.graph({
    entity: "order",
    fields: ["id"],
    // Younger ones may still have their subscriber at work.
    filters: { created_at: { $gt: new Date(now - DAY), $lt: new Date(now - MINUTE) } },
    pagination: { take: MOST, order: { created_at: "DESC" } },
  })
  const { data: jobs } = await query.graph({
    entity: "jobqueue_job",
    fields: ["identifier", "resource_id"],
    filters: { resource_type: "order", resource_id: orders.map(({ id }) => id) },
  })
  for (const { id } of orders) {
    const present = jobs.filter((job) => job.resource_id === id).map((job) => job.identifier)
    if (!present.includes(LAST_OF_ORDER)) {
      container.resolve(ContainerRegistrationKeys.LOGGER).warn(`Order ${id} lacks jobs; enqueueing them`)
      await enqueueOrderJobs(container, id, { present })
    }
  }
}

export const config = {
  name: "demo-missed-orders",
  schedule: "* * * * *",
}
