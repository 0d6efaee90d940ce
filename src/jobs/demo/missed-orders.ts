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
    fields: ["resource_id"],
    filters: { identifier: LAST_OF_ORDER, resource_type: "order", resource_id: orders.map(({ id }) => id) },
  })
  const served = new Set(jobs.map(({ resource_id: orderId }) => orderId))
  for (const { id } of orders.filter((order) => !served.has(order.id))) {
    container.resolve(ContainerRegistrationKeys.LOGGER).warn(`Order ${id} had no jobs; enqueueing them`)
    await enqueueOrderJobs(container, id)
  }
}

export const config = {
  name: "demo-missed-orders",
  schedule: "* * * * *",
}
