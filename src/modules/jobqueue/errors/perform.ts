/** Why a job was not performed on the spot, and what may be lost when it was. */
import { MedusaError } from "@medusajs/framework/utils"
import { didYouMean } from "./problem"

const INVALID_DATA = MedusaError.Types.INVALID_DATA
const NOT_ALLOWED = MedusaError.Types.NOT_ALLOWED

export function unknownHere(identifier: string, known: readonly string[]): MedusaError {
  return new MedusaError(
    INVALID_DATA,
    `jobqueue: "${identifier}" can't be performed here: this process has no job class of that ` +
      `identifier${didYouMean(identifier, known)}. Enqueue it for a process that has, or register the class here.`
  )
}

/** The outcome of a job for which nothing is queued, when it is neither done nor an error. */
export function notDone(identifier: string, state: string, reason: string | null): MedusaError {
  return new MedusaError(
    NOT_ALLOWED,
    `jobqueue: "${identifier}" was performed and is not done: its outcome is "${state}"` +
      `${reason === null ? "" : ` (${reason})`}. performNow queues nothing; use performImmediate, or enqueue it.`
  )
}

/** @param cause - what the job threw; it comes back as the error's `cause`, and its message is in the text */
export function lostAttempt(
  identifier: string,
  outcome: string,
  problem: Error,
  cause: unknown
): MedusaError {
  const error = new MedusaError(
    MedusaError.Types.DB_ERROR,
    `jobqueue: "${identifier}" was performed and not done (${outcome}), and it could not be queued: ${problem.message}. ` +
      "It is not tried again by itself: enqueue it once the database answers."
  )
  error.cause = cause
  return error
}
