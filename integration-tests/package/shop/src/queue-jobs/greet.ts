import { AbstractJob, type JobContext } from "medusa-plugin-jobqueue"
import { z } from "@medusajs/framework/zod"

/** A job as a shop's developer writes it: from the README, against the published package alone. */
export default class Greet extends AbstractJob<{ name: string }> {
  static identifier = "shop.greet"
  static queue = "greetings"
  static maxAttempts = 2
  static backoff = { type: "fixed", delay: "100ms" } as const
  static timeout = "30s"
  static schema = z.object({ name: z.string().min(1) })

  async perform({ container, store, attempt }: JobContext) {
    if (attempt === 1) {
      throw new Error("not in the mood yet")
    }
    const { data: channels } = await container
      .resolve("query")
      .graph({ entity: "sales_channel", fields: ["id"] })
    return { greeting: `Hello ${this.payload.name}`, store_id: store?.id ?? null, channels: channels.length }
  }
}
