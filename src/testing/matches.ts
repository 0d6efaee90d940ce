/** Whether a value has all that is expected of it, deeply; what is not named may be anything. */
import { isDeepStrictEqual } from "node:util"

/** Jest's and Vitest's `expect.any(…)` and the like. */
interface Asymmetric {
  asymmetricMatch: (actual: unknown) => boolean
}

export function matches(actual: unknown, expected: unknown): boolean {
  if (isAsymmetric(expected)) {
    return expected.asymmetricMatch(actual)
  }
  if (Array.isArray(expected)) {
    return (
      Array.isArray(actual) &&
      actual.length === expected.length &&
      expected.every((item, index) => matches(actual[index], item))
    )
  }
  if (isPlain(expected)) {
    return (
      typeof actual === "object" &&
      actual !== null &&
      Object.entries(expected).every(([key, value]) =>
        matches((actual as Record<string, unknown>)[key], value)
      )
    )
  }
  return isDeepStrictEqual(actual, expected)
}

function isAsymmetric(value: unknown): value is Asymmetric {
  return typeof (value as Partial<Asymmetric> | null)?.asymmetricMatch === "function"
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return Object.prototype.toString.call(value) === "[object Object]"
}
