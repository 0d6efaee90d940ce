/** A job of the demo shop: books an order in the company's ERP. Found by itself, because it stands in src/queue-jobs. */
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { z } from "@medusajs/framework/zod"
import { AbstractJob, type JobContext } from "../../index"
import type DemoModuleService from "../../modules/demo/service"
import { DEMO_MODULE } from "../../modules/demo/service"

export default class SendOrderToErp extends AbstractJob<{ order_id: string }> {
  static identifier = "demo.send-order-to-erp"
  static queue = "orders"
  static maxAttempts = 4
  static backoff = { type: "fixed", delay: "1s" } as const
  static timeout = "30s"
  static schema = z.object({ order_id: z.string() })

  async perform({ container, store, context, signal, log, progress }: JobContext) {
    const query = container.resolve(ContainerRegistrationKeys.QUERY)
    const { data: orders } = await query.graph({
      entity: "order",
      fields: ["id", "email", "sales_channel_id"],
      filters: { id: this.payload.order_id },
    })
    const order = orders[0]
    if (!order) {
      return this.cancel(`order ${this.payload.order_id} is gone`)
    }
    const { id: currentStoreId } = container.resolve<{ id: string }>("currentStore")
    void log("sending to the ERP", { customer: order.email })
    void progress(1, 2, "sent, not booked yet")
    const number = await container
      .resolve<DemoModuleService>(DEMO_MODULE)
      .sendToErp(
        { order_id: order.id, email: order.email ?? "", store_id: currentStoreId },
        { key: order.id, signal }
      )
    void progress(2, 2, `booked as ${number}`)
    return {
      done: `booked as ${number}`,
      store_id: store?.id ?? null,
      current_store_id: currentStoreId,
      sales_channel_id: context.sales_channel_id ?? null,
    }
  }
}
