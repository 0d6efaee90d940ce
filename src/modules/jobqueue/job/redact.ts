/**
 * Hides what a job class names in `static redact`: in whatever shows or logs a payload or a result. Only `perform` gets
 * the real values.
 */
import type { Problem } from "../errors/problem"

export const REDACTED = "[redacted]"

/** What replaces a secret, or is told of it. */
type OnSecret = (secret: unknown) => unknown

const EVERY = "*"

/** Shorter texts are not searched for: half of every message would be gone. */
const SHORTEST_SECRET = 3

/** Names of fields with dots between, `*` for every item or field. */
export function isRedactPath(path: string): boolean {
  return path.split(".").every((segment) => segment !== "")
}

/** A copy of `value` without its secrets, or `value` itself when it has none. */
export function redact<T>(value: T, paths: readonly string[]): T {
  return paths.length === 0 ? value : replaceSecrets(value, paths, () => REDACTED)
}

/** `text` without the secrets of `value`: messages of schemas and errors may quote them. */
export function scrub(text: string, value: unknown, paths: readonly string[]): string {
  const secrets = new Set<string>()
  replaceSecrets(value, paths, (secret) => collectTexts(secret, secrets))
  const longestFirst = [...secrets].sort((a, b) => b.length - a.length)
  return longestFirst.reduce((scrubbed, secret) => scrubbed.replaceAll(secret, REDACTED), text)
}

/** What a schema says of a payload, without the secrets of it. */
export function hideInProblems(
  problems: readonly Problem[],
  payload: unknown,
  paths: readonly string[] = []
): readonly Problem[] {
  return paths.length === 0
    ? problems
    : problems.map(({ path, message }) => ({
        path,
        message: isWithin(path, paths) ? `is not valid (${REDACTED})` : scrub(message, payload, paths),
      }))
}

/** @param path - of a problem: `payload.items.0.secret` */
function isWithin(path: string, secrets: readonly string[]): boolean {
  const [, ...segments] = path.split(".")
  const isAt = (secret: string[]) =>
    secret.length <= segments.length && secret.every((part, n) => part === EVERY || part === segments[n])
  return secrets.some((secret) => isAt(secret.split(".")))
}

function replaceSecrets<T>(value: T, paths: readonly string[], onSecret: OnSecret): T {
  return paths.reduce<unknown>((rest, path) => replaceAt(rest, path.split("."), onSecret), value) as T
}

/** A list on the way is walked whole, also where the path does not say so. */
function replaceAt(value: unknown, path: readonly string[], onSecret: OnSecret): unknown {
  const [segment, ...rest] = path
  if (segment === undefined) {
    return value === undefined ? value : onSecret(value)
  }
  if (Array.isArray(value)) {
    const further = isIndex(segment) ? rest : path
    return value.map((item: unknown) => replaceAt(item, further, onSecret))
  }
  if (typeof value !== "object" || value === null) {
    return value
  }
  const concerned = segment === EVERY ? Object.keys(value) : Object.hasOwn(value, segment) ? [segment] : []
  const fields = value as Record<string, unknown>
  const replaced = concerned.map((key) => [key, replaceAt(fields[key], rest, onSecret)])
  return concerned.length > 0 ? { ...fields, ...Object.fromEntries(replaced) } : value
}

function isIndex(segment: string): boolean {
  return segment === EVERY || /^\d+$/.test(segment)
}

function collectTexts(secret: unknown, into: Set<string>): void {
  if (typeof secret === "object" && secret !== null) {
    Object.values(secret).forEach((part) => collectTexts(part, into))
  } else if (typeof secret === "string" || typeof secret === "number") {
    const text = String(secret)
    if (text.length >= SHORTEST_SECRET) {
      into.add(text)
    }
  }
}
