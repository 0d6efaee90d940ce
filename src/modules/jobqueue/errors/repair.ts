/** Why nothing was done to a job. */
import { MedusaError } from "@medusajs/framework/utils"

const { INVALID_DATA, NOT_ALLOWED, NOT_FOUND } = MedusaError.Types

const GONE = "It may have been deleted or pruned."

export function jobNotFound(id: string): MedusaError {
  return new MedusaError(NOT_FOUND, `jobqueue: there is no job ${JSON.stringify(id)}. ${GONE}`)
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

export function jobIsBusy(id: string): MedusaError {
  return new MedusaError(NOT_ALLOWED, `jobqueue: job ${id} was not changed: ${BUSY}`)
}

export function invalidAction(message: string): MedusaError {
  return new MedusaError(INVALID_DATA, `jobqueue: ${message} Nothing was done.`)
}

/** Of several jobs at once. @param state - null: there is no such job */
export function refusalOf(action: string, state: string | null, legal: readonly string[]): string {
  if (state === null) {
    return `There is no such job. ${GONE}`
  }
  return legal.includes(state)
    ? `It became ${state} meanwhile, which was not asked for.`
    : `A ${state} job can't be ${pastOf(action)}; only ${legal.join(", ")} jobs can.`
}

export const BUSY = "another transaction holds it. Try again when that one has ended."

function pastOf(action: string): string {
  const past: Record<string, string> = {
    ...{ retry: "retried", restart: "restarted", release: "released", hold: "held" },
    ...{ clone: "cloned", cancel: "canceled", delete: "deleted" },
    ...{ resolve: "resolved", reject: "rejected" },
  }
  return past[action] ?? action
}
