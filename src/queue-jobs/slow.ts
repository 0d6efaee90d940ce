/** Takes its time, and ends at once when it is aborted: shows running jobs, timeouts and cancellation. */
import { setTimeout as wait } from "node:timers/promises"
import { z } from "@medusajs/framework/zod"
import { AbstractJob, type JobContext } from "../index"

export interface SlowPayload {
  /** How long it takes, in milliseconds. Default 10,000. */
  milliseconds?: number
}

const DEFAULT_MILLISECONDS = 10_000

export default class SlowJob extends AbstractJob<SlowPayload> {
  static identifier = "jobqueue.slow"
  static schema = z.object({ milliseconds: z.number().min(0).optional() })

  async perform({ signal }: JobContext): Promise<void> {
    await wait(this.payload.milliseconds ?? DEFAULT_MILLISECONDS, undefined, { signal })
  }
}
