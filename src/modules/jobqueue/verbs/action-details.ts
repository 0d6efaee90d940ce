/** Who acts on jobs, and why: what every verb of a person takes. */
import { invalidAction } from "../errors/repair"
import { isStorableText } from "../job/json"
import type { JobAction } from "../job/states"
import type { Actor, Repair } from "../table/repair-request"

export interface ActionDetails {
  /** Kept with the record; of a hold and a cancellation also the job's `reason`. At most 1,000 characters. */
  reason?: string
  actor?: Actor
}

/** The actor alone, or with the reason. */
export type ActedBy = Actor | ActionDetails

const LONGEST_REASON = 1000

/** @throws MedusaError INVALID_DATA for a reason that can't be stored */
export function toRepair(action: JobAction, by: ActedBy = {}): Omit<Repair, "batch"> {
  const { reason, actor }: ActionDetails = "type" in by ? { actor: by } : by
  if (reason !== undefined && typeof reason !== "string") {
    throw invalidAction(`expected \`reason\` to be a text, got ${typeof reason}.`)
  }
  if (reason !== undefined && (reason.length > LONGEST_REASON || !isStorableText(reason))) {
    throw invalidAction(
      `expected a \`reason\` of at most ${LONGEST_REASON} characters, without U+0000 and lone surrogates.`
    )
  }
  return { action, reason: reason?.trim() || null, actor: actor ?? null }
}
