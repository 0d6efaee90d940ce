/** Wrong uses of a job's own transaction. */
import { MedusaError } from "@medusajs/framework/utils"

const INVALID_DATA = MedusaError.Types.INVALID_DATA
const NOT_ALLOWED = MedusaError.Types.NOT_ALLOWED

export function secondTransaction(identifier: string): MedusaError {
  return new MedusaError(
    NOT_ALLOWED,
    `jobqueue: "${identifier}" called context.transaction() again. Its transaction completes the job, so there is one: ` +
      "write everything in it."
  )
}

export function lateTransaction(identifier: string): MedusaError {
  return new MedusaError(
    NOT_ALLOWED,
    `jobqueue: "${identifier}" used context.transaction() after its perform had ended; nothing of it was written. ` +
      "Await the transaction in perform."
  )
}

export function unfinishedTransaction(identifier: string): MedusaError {
  return new MedusaError(
    INVALID_DATA,
    `jobqueue: the work of context.transaction() in "${identifier}" returned an outcome. Its return value is the job's ` +
      "result; to retry, hold or fail, throw in the transaction and return the outcome from perform."
  )
}
