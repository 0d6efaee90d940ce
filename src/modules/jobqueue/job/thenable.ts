/** Promises as the language knows them: also those of another realm, and those of libraries. */
export function isThenable<T = unknown>(value: unknown): value is PromiseLike<T> {
  return (
    typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function"
  )
}
