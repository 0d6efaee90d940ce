/** What the demo shop's mails to customers have in common: each is about one order, and comes from its store. */
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { z } from "@medusajs/framework/zod"
import { AbstractJob, type JobContext } from "../../index"
import type DemoModuleService from "./service"
import { DEMO_MODULE } from "./service"

export abstract class OrderMail extends AbstractJob<{ order_id: string }> {
  static queue = "mails"
  static maxAttempts = 5
  static schema = z.object({ order_id: z.string() })

  protected abstract subject(orderNumber: number): string

  async perform({ container, store, context }: JobContext) {
    const query = container.resolve(ContainerRegistrationKeys.QUERY)
    const { data: orders } = await query.graph({
      entity: "order",
      fields: ["display_id", "email"],
      filters: { id: this.payload.order_id },
    })
    const order = orders[0]
    if (!order?.email) {
      return this.cancel(`order ${this.payload.order_id} has nobody to write to`)
    }
    const currentStore = container.resolve<{ id: string; name: string }>("currentStore")
    await container.resolve<DemoModuleService>(DEMO_MODULE).sendMail({
      key: `${this.id}`,
      from: currentStore.name,
      to: order.email,
      subject: this.subject(Number(order.display_id)),
      text: `Hello from ${currentStore.name}.`,
    })
    return {
      done: `mailed to ${order.email}`,
      store_id: store?.id ?? null,
      current_store_id: currentStore.id,
      sales_channel_id: context.sales_channel_id ?? null,
    }
  }
}
