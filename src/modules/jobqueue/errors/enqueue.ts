/** Why nothing was enqueued, or why that is not known. */
import { MedusaError } from "@medusajs/framework/utils"
import { count, didYouMean, lines, type Problem } from "./problem"

const INVALID_DATA = MedusaError.Types.INVALID_DATA
const NOT_ALLOWED = MedusaError.Types.NOT_ALLOWED

export function invalidEnqueue(identifier: string, problems: readonly Problem[]): MedusaError {
  return new MedusaError(
    INVALID_DATA,
    `jobqueue: "${identifier}" was not enqueued, it has ${count(problems.length, "problem")}:\n${lines(problems)}`
  )
}

export function payloadTooLarge(identifier: string, bytes: number, limit: number): MedusaError {
  return new MedusaError(
    INVALID_DATA,
    `jobqueue: "${identifier}" was not enqueued: its payload has ${bytes} bytes as JSON, at most ${limit} are allowed. ` +
      `Pass ids and load the rest in perform, or raise the option maxPayloadBytes.`
  )
}

export function unknownQueue(queue: string, known: readonly string[]): MedusaError {
  return new MedusaError(
    INVALID_DATA,
    `jobqueue: unknown queue "${queue}"${didYouMean(queue, known)}. Known queues: ${known.join(", ")}. ` +
      `Add it to the plugin's option \`queues\`, or name it as the \`static queue\` of a job class.`
  )
}

export function unknownIdentifier(identifier: string, known: readonly string[]): MedusaError {
  return new MedusaError(
    INVALID_DATA,
    `jobqueue: no process ever registered a job class with the identifier "${identifier}"${didYouMean(identifier, known)}. ` +
      `Register the class, or name the \`queue\` to enqueue it for a worker that will know it.`
  )
}

export function unknownStore(id: string): MedusaError {
  return new MedusaError(
    INVALID_DATA,
    `jobqueue: there is no store "${id}". Pass the id of a store of this shop, or none.`
  )
}

export function lostEnqueue(identifier: string, cause: Error): MedusaError {
  const error = new MedusaError(
    MedusaError.Types.DB_ERROR,
    `jobqueue: it is unknown whether "${identifier}" was enqueued: the connection to the database broke before its ` +
      `answer came (${cause.message}). It was not sent again. Look whether the job is there before you enqueue it again.`
  )
  error.cause = cause
  return error
}

/** @param id - of the job that has the key; undefined when it is of the same call */
export function keyHeld(identifier: string, key: string, id: string | undefined): MedusaError {
  return new MedusaError(
    NOT_ALLOWED,
    `jobqueue: "${identifier}" was not enqueued: ${id === undefined ? "another job of the same call" : `job ${id}`} has its ` +
      `unique key ${JSON.stringify(key)}, and \`onConflict\` is "error". Wait until that job has ended, or choose "return".`
  )
}

export function keyStuck(identifier: string, keys: readonly string[], seconds: number): MedusaError {
  return new MedusaError(
    NOT_ALLOWED,
    `jobqueue: "${identifier}" was not enqueued: for ${seconds} s another transaction, which is still open, has held its ` +
      `unique key (${keys.map((key) => JSON.stringify(key)).join(", ")}). End that transaction, then enqueue again.`
  )
}

export function shutDown(): MedusaError {
  return new MedusaError(
    NOT_ALLOWED,
    "jobqueue: this process is shutting down and its database connections are closed; nothing was enqueued."
  )
}
