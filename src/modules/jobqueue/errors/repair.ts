/** Why nothing was done to a job. */
import { MedusaError } from "@medusajs/framework/utils"

const NOT_ALLOWED = MedusaError.Types.NOT_ALLOWED
const NOT_FOUND = MedusaError.Types.NOT_FOUND

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

function pastOf(action: string): string {
  return (
    { retry: "retried", cancel: "canceled", delete: "deleted", resolve: "resolved", reject: "rejected" }[
      action
    ] ?? action
  )
}
