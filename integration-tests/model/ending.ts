/** What the end of a performing means for a job, as the rules say; the limits are the job's own. */
export type State =
  "scheduled" | "pending" | "running" | "retrying" | "held" | "completed" | "failed" | "canceled"

export interface Ending {
  /** Unless the job is at its limit, or its cancellation was asked for. */
  state: State
  /** A failed attempt, with its error. */
  hasError?: boolean
  hasReason: boolean
  hasResult: boolean
  /** Does not count as an attempt. */
  isUncounted?: boolean
  /** A fault of the system: not counted, within its limit. */
  isRefunded?: boolean
  /** Until it is due again. */
  hours: number
}

interface Count {
  attempts: number
  maxAttempts: number
}

const REFUND_LIMIT = 20

/** Attempts are given back up to a limit; beyond it the fault counts as the job's own error. */
export function asCounted(ending: Ending, { refunds }: { refunds: number }): Ending {
  return ending.isRefunded && refunds >= REFUND_LIMIT
    ? { ...ending, state: "retrying", hasError: true, isUncounted: false, isRefunded: false }
    : ending
}

/** A failed attempt at the limit. */
export function willFail({ state, hasError }: Ending, { attempts, maxAttempts }: Count): boolean {
  return state === "retrying" && hasError === true && attempts >= maxAttempts
}
