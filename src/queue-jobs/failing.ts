/** Fails: shows how a failure looks, and what the retries do. */
import { MedusaError } from "@medusajs/framework/utils"
import { z } from "@medusajs/framework/zod"
import { AbstractJob, type JobContext } from "../index"

export interface FailingPayload {
  /** What the error says. Default "This job fails on purpose". */
  message?: string
  /** How many attempts fail before one succeeds. Default: all. */
  times?: number
}

export default class FailingJob extends AbstractJob<FailingPayload> {
  static identifier = "jobqueue.failing"
  static schema = z.object({ message: z.string().optional(), times: z.number().int().min(0).optional() })

  perform({ attempt }: JobContext): void {
    const { message = "This job fails on purpose", times = Infinity } = this.payload
    if (attempt <= times) {
      throw new MedusaError(MedusaError.Types.UNEXPECTED_STATE, message)
    }
  }
}
