/** What a job's code did wrong while it was performed. */
import { MedusaError } from "@medusajs/framework/utils"

export function invalidProgress(identifier: string, done: unknown, total: unknown): MedusaError {
  return new MedusaError(
    MedusaError.Types.INVALID_DATA,
    `jobqueue: expected finite numbers in context.progress(done, total) of "${identifier}", got ${String(done)} and ` +
      `${String(total)}. Without a known total leave it out.`
  )
}
