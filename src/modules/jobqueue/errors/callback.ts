/** Why a callback, or somebody who resolves a waiting job, changed nothing. */
import { MedusaError } from "@medusajs/framework/utils"
import type { Problem } from "./problem"

const INVALID_DATA = MedusaError.Types.INVALID_DATA
const NOT_ALLOWED = MedusaError.Types.NOT_ALLOWED

export function invalidOnTimeout(got: unknown, expected: readonly string[]): MedusaError {
  return new MedusaError(
    INVALID_DATA,
    `jobqueue: expected onTimeout of waitForCallback to be ${expected.join(" or ")}, got ${JSON.stringify(got)}`
  )
}

/** The same for every address that never was: nothing tells how near a guess came. */
export function callbackNotFound(): MedusaError {
  return new MedusaError(MedusaError.Types.NOT_FOUND, "jobqueue: there is no such callback address.")
}

export function invalidCallbackData({ path, message }: Problem): MedusaError {
  return new MedusaError(
    INVALID_DATA,
    `jobqueue: the callback was refused: ${path} ${message}. The job still waits; send JSON.`
  )
}

export function callbackTooLarge(limit: number): MedusaError {
  return new MedusaError(
    INVALID_DATA,
    `jobqueue: the callback was refused: more than ${limit} bytes of JSON. The job still waits; send less, or raise the ` +
      "option maxPayloadBytes."
  )
}

export function invalidRejection(got: unknown): MedusaError {
  return new MedusaError(
    INVALID_DATA,
    `jobqueue: expected a reason as text, or { reason, retry }, to reject a job, got ${JSON.stringify(got)}`
  )
}

export function beingResolved(id: string): MedusaError {
  return new MedusaError(
    NOT_ALLOWED,
    `jobqueue: job ${id} is being resolved at this moment, one callback at a time. Try again when that has ended.`
  )
}

export function resolvedTooLate(id: string, state: string): MedusaError {
  return new MedusaError(
    NOT_ALLOWED,
    `jobqueue: job ${id} is ${state} by now: its waiting ended while its callback was handled, so what came of the ` +
      "callback was not written."
  )
}

export function unresolvable(id: string, why: string): MedusaError {
  return new MedusaError(
    NOT_ALLOWED,
    `jobqueue: job ${id} can't be resolved: ${why}. It still waits. Mend that, then resolve it again.`
  )
}

/** @param what - `callback()` or `transaction()` */
export function onlyInPerform(what: string, identifier: string): MedusaError {
  return new MedusaError(
    NOT_ALLOWED,
    `jobqueue: onCallback of "${identifier}" called context.${what}, which only perform has. ` +
      "An address that perform asked for serves as long as the job waits."
  )
}

export function noCallbackYet(identifier: string): MedusaError {
  return new MedusaError(
    NOT_ALLOWED,
    `jobqueue: "${identifier}" asked for a callback address while it was performed before it was written, so there is ` +
      "nothing yet that could be called back. It is queued, and its next attempt gets one; or enqueue it."
  )
}
