/** The jobs of one order: what the shop does about it, in one place for the subscriber and for the sweep. */
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import type { EnqueueOptions } from "../../index"
import SendOrderToErp from "../../queue-jobs/demo/send-order-to-erp"
import { ConfirmationMail } from "./confirmation-mail"
import { ReviewRequest } from "./review-request"

/** The last that is written: an order that has it has all of them. */
export const LAST_OF_ORDER = SendOrderToErp.identifier

interface Circumstances {
  /** The event that told of the order. */
  from?: EnqueueOptions["from"]
  /** Identifiers of the jobs that it has already. */
  present?: readonly string[]
}

export async function enqueueOrderJobs(
  container: MedusaContainer,
  orderId: string,
  { from, present = [] }: Circumstances
): Promise<void> {
  const query = container.resolve(ContainerRegistrationKeys.QUERY)
  const { data: orders } = await query.graph({
    entity: "order",
    fields: ["display_id", "metadata"],
    filters: { id: orderId },
  })
  const { display_id: number, metadata } = orders[0]
  const payload = { order_id: orderId }
  const options = { resource: { type: "order", id: orderId }, from }

  if (!present.includes(ConfirmationMail.identifier)) {
    await new ConfirmationMail(payload)
      .setName(`Confirmation of order #${number}`)
      .enqueue(container, options)
  }
  if (metadata?.ask_for_review && !present.includes(ReviewRequest.identifier)) {
    const request = new ReviewRequest(payload).setName(`Review request for order #${number}`)
    await request.enqueue(container, { ...options, delay: "2d" })
  }
  await new SendOrderToErp(payload).setName(`Order #${number} to ERP`).enqueue(container, options)
}
