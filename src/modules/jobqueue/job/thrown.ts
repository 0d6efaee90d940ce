/**
 * A job may throw anything: a string, undefined, a circular object, an Error whose getters throw.
 * This file turns it into texts that are safe to store and to show.
 */
import { inspect } from "node:util"
import { toStorableText } from "./json"

export interface ThrownRecord {
  name: string
  message: string
  stack: string | null
}

const MESSAGE_LIMIT = 10_000
const STACK_LIMIT = 20_000

/** Never throws. */
export function recordThrown(thrown: unknown): ThrownRecord {
  const isError = isErrorLike(thrown)
  const stack = isError ? read(() => thrown.stack) : undefined
  return {
    name: cut(isError ? nameOf(thrown) : typeof thrown, MESSAGE_LIMIT),
    message: cut(isError ? messageOf(thrown) : show(thrown), MESSAGE_LIMIT),
    stack: stack === undefined ? null : cut(stack + causeStackOf(thrown as Error), STACK_LIMIT),
  }
}

/** Errors of another realm are no `instanceof Error`; asking a proxy may throw. */
function isErrorLike(thrown: unknown): thrown is Error {
  try {
    return thrown instanceof Error || Object.prototype.toString.call(thrown) === "[object Error]"
  } catch {
    return false
  }
}

function nameOf(error: Error): string {
  return read(() => error.name) || "Error"
}

/** With the message of its cause: "fetch failed" alone tells nobody anything. */
function messageOf(error: Error): string {
  const message = read(() => error.message) ?? "(the error's message could not be read)"
  const cause = causeOf(error)
  const of = isErrorLike(cause)
    ? read(() => cause.message) || read(() => (cause as { code?: string }).code)
    : ""
  return of && !message.includes(of) ? `${message} (cause: ${of})` : message
}

function causeOf(error: Error): unknown {
  try {
    return error.cause
  } catch {
    return undefined
  }
}

function causeStackOf(error: Error): string {
  const cause = causeOf(error)
  return cause === undefined ? "" : `\n[cause]: ${show(cause)}`
}

function show(value: unknown): string {
  if (typeof value === "string") {
    return value
  }
  return (
    read(() => inspect(value, { depth: 3, maxStringLength: MESSAGE_LIMIT })) ??
    "(the thrown value could not be read)"
  )
}

/** A text that a getter gives, or undefined when it throws or gives something else. */
function read(get: () => unknown): string | undefined {
  try {
    const value = get()
    return typeof value === "string" ? value : undefined
  } catch {
    return undefined
  }
}

function cut(text: string, limit: number): string {
  return toStorableText(text.length > limit ? `${text.slice(0, limit)}…` : text)
}
