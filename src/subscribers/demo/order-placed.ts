/** What the demo shop does about each order: jobs, which outlive this process. */
import type { SubscriberArgs, SubscriberConfig } from "@medusajs/framework"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { ConfirmationMail } from "../../modules/demo/confirmation-mail"
import { ReviewRequest } from "../../modules/demo/review-request"
import SendOrderToErp from "../../queue-jobs/demo/send-order-to-erp"

export default async function enqueueForOrder({ event, container }: SubscriberArgs<{ id: string }>) {
  const query = container.resolve(ContainerRegistrationKeys.QUERY)
  const { data: orders } = await query.graph({
    entity: "order",
    fields: ["display_id", "metadata"],
    filters: { id: event.data.id },
  })
  const { display_id: number, metadata } = orders[0]
  const payload = { order_id: event.data.id }
  const options = { resource: { type: "order", id: event.data.id }, from: event }

  await new SendOrderToErp(payload).setName(`Order #${number} to ERP`).enqueue(container, options)
  await new ConfirmationMail(payload).setName(`Confirmation of order #${number}`).enqueue(container, options)
  if (metadata?.ask_for_review) {
    await new ReviewRequest(payload)
      .setName(`Review request for order #${number}`)
      .enqueue(container, { ...options, delay: "2d" })
  }
}

export const config: SubscriberConfig = { event: "order.placed" }
