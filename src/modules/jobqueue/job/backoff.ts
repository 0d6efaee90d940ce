/** How long a failed job waits before its next attempt. */
import { randomInt } from "node:crypto"
import type { Duration } from "./duration"
import { toMilliseconds } from "./duration"

export interface ExponentialBackoff {
  type: "exponential"
  /** Wait after the first failure; it doubles with each further one. Default `"5s"`. */
  delay?: Duration
  /** The longest wait. Default `"1h"`. */
  max?: Duration
  /** Share of the wait that is random, 0 to 1. Default 0.2. */
  jitter?: number
}

export interface FixedBackoff {
  type: "fixed"
  /** Wait after every failure. Default `"5s"`. */
  delay?: Duration
  /** Share of the wait that is random, 0 to 1. Default 0. */
  jitter?: number
}

export type Backoff = ExponentialBackoff | FixedBackoff

export const DEFAULT_BACKOFF: Backoff = {
  type: "exponential",
  delay: "5s",
  max: "1h",
  jitter: 0.2,
}

const DEFAULT_DELAY = "5s"
const DEFAULT_MAX = "1h"
const RANDOM_STEPS = 1_000_000

/**
 * Milliseconds to wait after the `attempt`-th failure (1 is the first). Jitter takes away up to its
 * share and never adds, so that `max` holds.
 * @param random - from 0 to 1; given by tests
 */
export function backoffDelay(
  backoff: Backoff,
  attempt: number,
  random = randomInt(RANDOM_STEPS) / RANDOM_STEPS
): number {
  const full = fullDelay(backoff, attempt)
  return Math.round(full * (1 - (backoff.jitter ?? defaultJitter(backoff)) * random))
}

function fullDelay(backoff: Backoff, attempt: number): number {
  const delay = toMilliseconds(backoff.delay ?? DEFAULT_DELAY)
  if (backoff.type === "fixed") {
    return delay
  }
  const max = toMilliseconds(backoff.max ?? DEFAULT_MAX)
  return Math.min(max, delay * 2 ** Math.max(0, attempt - 1))
}

function defaultJitter(backoff: Backoff): number {
  return backoff.type === "exponential" ? 0.2 : 0
}
