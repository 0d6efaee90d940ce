/**
 * What `perform` may return to say how the job goes on. Returning nothing, or any JSON value,
 * completes it; throwing retries it until its limit. Everything else is one of these.
 */
import type { Duration } from "./duration"

/**
 * Global, so that an outcome made by another copy of this package is recognised. Not part of the type: a shop
 * that emits declarations could not name it.
 */
const OUTCOME = Symbol.for("medusa-plugin-jobqueue.outcome")

/** How long a job waits for its callback. */
export interface WaitForCallback {
  /** From now on. Milliseconds, or a text such as `"2h"`. */
  timeout: Duration
  /** At the deadline: a failed attempt, tried again until the limit, or failed for good. Default `"retry"`. */
  onTimeout?: OnTimeout
}

export const ON_TIMEOUT = ["retry", "fail"] as const

export type OnTimeout = (typeof ON_TIMEOUT)[number]

interface Outcomes {
  /** Counts as a failed attempt; `in` replaces the backoff. */
  retry: { in?: Duration; reason?: string }
  /** Runs again later; does not count as an attempt. */
  snooze: { for: Duration }
  /** Set aside until a person lets it go. */
  hold: { reason: string }
  /** Failed for good, whatever attempts are left. */
  fail: { reason: string }
  /** No longer wanted. */
  cancel: { reason: string }
  /** Handed to a third party, whose callback ends it; `onTimeout` says what the deadline means. */
  waitForCallback: WaitForCallback
}

export type OutcomeKind = keyof Outcomes

export type Outcome<K extends OutcomeKind = OutcomeKind> = {
  [Kind in K]: { readonly kind: Kind } & Readonly<Outcomes[Kind]>
}[K]

export function outcome<K extends OutcomeKind>(kind: K, details: Outcomes[K]): Outcome<K> {
  return { [OUTCOME]: true, kind, ...details } as unknown as Outcome<K>
}

export function isOutcome(value: unknown): value is Outcome {
  return typeof value === "object" && value !== null && OUTCOME in value
}
