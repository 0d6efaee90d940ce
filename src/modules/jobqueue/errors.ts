/**
 * Every error that a caller can get: what was expected, what was got, what to do. All are `MedusaError`s
 * of types whose message reaches the HTTP client (CONFLICT would be replaced, INVALID_ARGUMENT is a 500).
 */
import { MedusaError } from "@medusajs/framework/utils"
import { closest, distance } from "fastest-levenshtein"

const INVALID_DATA = MedusaError.Types.INVALID_DATA
const NOT_ALLOWED = MedusaError.Types.NOT_ALLOWED
const NOT_FOUND = MedusaError.Types.NOT_FOUND

/** One line per problem, so that all can be mended at once. */
export interface Problem {
  path: string
  message: string
}

export function invalidOptions(problems: readonly Problem[]): MedusaError {
  return new MedusaError(
    INVALID_DATA,
    `jobqueue: the plugin's options have ${count(problems.length, "problem")}:\n${lines(problems)}`
  )
}

export function invalidJobClass(source: string, problems: readonly Problem[]): MedusaError {
  return new MedusaError(
    INVALID_DATA,
    `jobqueue: the job class in ${source} has ${count(problems.length, "problem")}:\n${lines(problems)}`
  )
}

export function duplicateIdentifier(identifier: string, first: string, second: string): MedusaError {
  return new MedusaError(
    INVALID_DATA,
    `jobqueue: the identifier "${identifier}" is used by two job classes, in ${first} and in ${second}. ` +
      `An identifier names one class: give one of them another \`static identifier\`.`
  )
}

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

export function jobNotFound(id: string): MedusaError {
  return new MedusaError(
    NOT_FOUND,
    `jobqueue: there is no job ${JSON.stringify(id)}. It may have been deleted or pruned.`
  )
}

export function illegalAction(
  action: string,
  id: string,
  state: string,
  legal: readonly string[]
): MedusaError {
  return new MedusaError(
    NOT_ALLOWED,
    `jobqueue: job ${id} is ${state}, so it can't be ${pastOf(action)}; only ${legal.join(", ")} jobs can.`
  )
}

export function unknownStore(id: string): MedusaError {
  return new MedusaError(
    INVALID_DATA,
    `jobqueue: there is no store "${id}". Pass the id of a store of this shop, or none.`
  )
}

export function invalidDuration(value: unknown): MedusaError {
  return new MedusaError(
    INVALID_DATA,
    `jobqueue: expected a duration (milliseconds, or a text such as "30s", "5m", "1h", "2d"), got ${JSON.stringify(value)}`
  )
}

export function invalidSetting(key: string, message: string): MedusaError {
  return new MedusaError(INVALID_DATA, `jobqueue: the setting ${key} was not changed: ${message}`)
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

export function secondTransaction(identifier: string): MedusaError {
  return new MedusaError(
    NOT_ALLOWED,
    `jobqueue: "${identifier}" called context.transaction() again. Its transaction completes the job, so there is one: ` +
      "write everything in it."
  )
}

export function unfinishedTransaction(identifier: string): MedusaError {
  return new MedusaError(
    INVALID_DATA,
    `jobqueue: the work of context.transaction() in "${identifier}" returned an outcome. Its return value is the job's ` +
      "result; to retry, hold or fail, throw in the transaction and return the outcome from perform."
  )
}

export function shutDown(): MedusaError {
  return new MedusaError(
    NOT_ALLOWED,
    "jobqueue: this process is shutting down and its database connections are closed; nothing was enqueued."
  )
}

/** ` (did you mean "orders"?)` when something known is close enough, else nothing. */
export function didYouMean(given: string, known: readonly string[]): string {
  if (known.length === 0) {
    return ""
  }
  const nearest = closest(given, known)
  const near = distance(given, nearest) <= Math.max(2, Math.floor(given.length / 3))
  return near ? ` (did you mean "${nearest}"?)` : ""
}

function lines(problems: readonly Problem[]): string {
  return problems.map(({ path, message }) => `  - ${path}: ${message}`).join("\n")
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`
}

function pastOf(action: string): string {
  return { retry: "retried", cancel: "canceled", delete: "deleted" }[action] ?? action
}
