/**
 * What the messages of all errors share. Every error that a caller can get is in this folder and says what was expected,
 * what was got and what to do. All are `MedusaError`s of types whose message reaches the HTTP client (CONFLICT would be
 * replaced, INVALID_ARGUMENT is a 500).
 */
import { closest, distance } from "fastest-levenshtein"

/** One line per problem, so that all can be mended at once. */
export interface Problem {
  path: string
  message: string
}

/** ` (did you mean "orders"?)` when something known is close enough, else nothing. */
export function didYouMean(given: string, known: readonly string[]): string {
  if (known.length === 0) {
    return ""
  }
  const nearest = closest(given, known)
  const near = distance(given, nearest) <= Math.max(2, Math.floor(given.length / 3))
  return near ? ` (did you mean "${nearest}"?)` : ""
}

export function lines(problems: readonly Problem[]): string {
  return problems.map(({ path, message }) => `  - ${path}: ${message}`).join("\n")
}

export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`
}
