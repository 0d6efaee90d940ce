/**
 * Payloads are plain JSON data. This file says what may be stored, and names the path of what may not.
 */

export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue | undefined }

/** A place in a value that JSON, or a Postgres text, can't hold. */
export interface JsonProblem {
  /** For example `payload.items[2].note`. */
  path: string
  message: string
}

/** U+0000 and lone surrogates: a `json` column stores them, and every later search over the row fails with 22P05. */
const UNSTORABLE = /\u0000|\p{Surrogate}/u
const UNSTORABLE_ALL = /\u0000|\p{Surrogate}/gu

/** Deeper than any data that a person made; Postgres refuses a few thousand levels, Node's own stack some more. */
const DEEPEST = 500

/** How deep a payload is looked at without remembering the way, which would show a circle. */
const SHALLOW = 32

/** True for what `findJsonProblem` finds nothing in, and quickly; false when only that one can tell. */
export function isPlainJson(value: unknown, depth = 0): boolean {
  if (typeof value === "string") {
    return isStorableText(value)
  }
  if (typeof value === "number") {
    return Number.isFinite(value)
  }
  if (typeof value === "object" && value !== null) {
    return depth < SHALLOW && isPlainObject(value, depth + 1)
  }
  return value === null || typeof value === "boolean"
}

function isPlainObject(value: object, depth: number): boolean {
  if (Array.isArray(value)) {
    for (const item of value) {
      if (!isPlainJson(item, depth)) {
        return false
      }
    }
    return true
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) {
    return false
  }
  for (const key in value) {
    if (!isStorableText(key) || !isPlainJson((value as Record<string, unknown>)[key], depth)) {
      return false
    }
  }
  return true
}

/** The first problem of `value`, or undefined when it may be stored. */
export function findJsonProblem(
  value: unknown,
  path: string,
  ancestors: readonly object[] = []
): JsonProblem | undefined {
  if (typeof value === "string") {
    return isStorableText(value) ? undefined : { path, message: "has a U+0000 or a lone surrogate" }
  }
  if (typeof value === "number") {
    return Number.isFinite(value) ? undefined : { path, message: `is ${value}, which JSON does not know` }
  }
  if (value === null || typeof value === "boolean") {
    return undefined
  }
  if (typeof value !== "object") {
    return { path, message: `is of type ${typeof value}` }
  }
  if (ancestors.includes(value)) {
    return { path, message: "refers back to an object that holds it" }
  }
  if (ancestors.length >= DEEPEST) {
    return { path, message: `lies deeper than ${DEEPEST} levels` }
  }
  return findInObject(value, path, [...ancestors, value])
}

export function isStorableText(text: string): boolean {
  return !UNSTORABLE.test(text)
}

/** For texts that come from outside our control, such as errors: unstorable characters become U+FFFD. */
export function toStorableText(text: string): string {
  return text.replace(UNSTORABLE_ALL, "\uFFFD")
}

function findInObject(value: object, path: string, ancestors: readonly object[]): JsonProblem | undefined {
  if (Array.isArray(value)) {
    return firstProblem(
      Array.from(value, (item: unknown, index) => [`${path}[${index}]`, item]),
      ancestors
    )
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && !isPlainPrototype(prototype)) {
    const name = value.constructor?.name || "a class"
    return { path, message: `is an instance of ${name}; pass plain data` }
  }
  for (const key of Object.keys(value)) {
    if (!isStorableText(key)) {
      return { path, message: "has a key with a U+0000 or a lone surrogate" }
    }
  }
  return firstProblem(
    Object.entries(value)
      .filter(([, item]) => item !== undefined) // as JSON.stringify does
      .map(([key, item]) => [`${path}.${key}`, item]),
    ancestors
  )
}

/** Objects from another realm (a vm, a test runner) have an `Object.prototype` of their own. */
function isPlainPrototype(prototype: unknown): boolean {
  return prototype === Object.prototype || Object.getPrototypeOf(prototype) === null
}

function firstProblem(
  entries: readonly (readonly [string, unknown])[],
  ancestors: readonly object[]
): JsonProblem | undefined {
  for (const [path, item] of entries) {
    const problem = findJsonProblem(item, path, ancestors)
    if (problem) {
      return problem
    }
  }
  return undefined
}
