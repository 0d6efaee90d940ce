/** Durations: a number is milliseconds, a string is `"30s"`, `"5m"`, `"1h"`, `"2d"`. */
import ms from "ms"
import { invalidDuration } from "../errors/options"

/** Milliseconds, or a text such as `"30s"`, `"5m"`, `"1h"`, `"2d"`. */
export type Duration = number | `${number}${"ms" | "s" | "m" | "h" | "d" | "w"}`

const TEXT = /^\d+(\.\d+)?(ms|s|m|h|d|w)$/

export function isDuration(value: unknown): value is Duration {
  if (typeof value === "number") {
    return Number.isFinite(value) && value >= 0
  }
  return typeof value === "string" && TEXT.test(value)
}

/** @throws MedusaError when the value is no duration; the message says what was expected */
export function toMilliseconds(value: Duration): number {
  if (!isDuration(value)) {
    throw invalidDuration(value)
  }
  return typeof value === "number" ? value : ms(value as ms.StringValue)
}
