/** Wrong uses of middleware. */
import { MedusaError } from "@medusajs/framework/utils"
import { count } from "./problem"

const INVALID_DATA = MedusaError.Types.INVALID_DATA
const NOT_ALLOWED = MedusaError.Types.NOT_ALLOWED

export const EXPECTED_MIDDLEWARE = "expected an object with a function `enqueue`, `perform`, or both"

export function invalidMiddleware(problem: string): MedusaError {
  return new MedusaError(
    INVALID_DATA,
    `jobqueue: this middleware can't be used: ${EXPECTED_MIDDLEWARE}, ${problem}`
  )
}

export function nextAgain(step: string): MedusaError {
  return new MedusaError(
    NOT_ALLOWED,
    `jobqueue: a middleware around ${step} called next() a second time, or after it had ended. It may be called once, ` +
      "while the middleware runs; this call did nothing."
  )
}

export function wrongCount(identifier: string, expected: number, got: number): MedusaError {
  return new MedusaError(
    INVALID_DATA,
    `jobqueue: "${identifier}" was not enqueued: a middleware passed ${count(got, "request")} to next() instead of ` +
      `${expected}. It may change requests, not their number; throw to refuse the call.`
  )
}

export function nothingWritten(identifier: string): MedusaError {
  return new MedusaError(
    INVALID_DATA,
    `jobqueue: "${identifier}" was not enqueued: a middleware neither called next() nor threw, and did not answer with one ` +
      "job for each request. Call next() and return its answer, or throw to refuse the call."
  )
}
