/** What a job's code did wrong when it reported. */
import { MedusaError } from "@medusajs/framework/utils"

export function invalidProgress(identifier: string, done: unknown, total: unknown): MedusaError {
  return new MedusaError(
    MedusaError.Types.INVALID_DATA,
    `jobqueue: expected finite numbers in context.progress(done, total) of "${identifier}", got ${String(done)} and ` +
      `${String(total)}. Leave the total out where it is not known.`
  )
}

export function reportedTooLate(identifier: string): MedusaError {
  return new MedusaError(
    MedusaError.Types.NOT_ALLOWED,
    `jobqueue: "${identifier}" reported after its end, which is not kept. Await what reports before perform returns, and ` +
      "before its transaction ends."
  )
}
