/** What a test did wrong. */
import { MedusaError } from "@medusajs/framework/utils"

const INVALID_DATA = MedusaError.Types.INVALID_DATA

export function noModule(): MedusaError {
  return new MedusaError(
    INVALID_DATA,
    "jobqueue: expected a container that resolves the module `jobqueue`, or its service; got neither."
  )
}

export function neverDrained(limit: number): MedusaError {
  return new MedusaError(
    INVALID_DATA,
    `jobqueue: expected the queues to be drained by ${limit} attempts, but there is still something to do. ` +
      "Does a job enqueue itself, or snooze for ever? Raise `limit` if that is right."
  )
}

export function clockInThePast(now: Date, moment: Date): MedusaError {
  return new MedusaError(
    INVALID_DATA,
    `jobqueue: the clock is at ${now.toISOString()} and can't go back to ${moment.toISOString()}.`
  )
}
