/** Names of jobs from the template of their class: `"Order {order_id} to ERP"`. */
import { redact } from "./redact"

const PLACEHOLDER = /\{([^{}]+)\}/g

/** As long as a name may be. */
const LIMIT = 500

/**
 * The template with what the payload has at the paths in braces. A path that leads nowhere, or to more than one value,
 * stays as it is written, braces and all, so that a person sees what is missing.
 */
export function fillName(template: string, payload: unknown, secret: readonly string[]): string {
  const shown = redact(payload, secret)
  const name = template.replace(
    PLACEHOLDER,
    (placeholder, path: string) => valueAt(shown, path) ?? placeholder
  )
  return toLength(name, LIMIT)
}

function valueAt(payload: unknown, path: string): string | undefined {
  let value = payload
  for (const key of path.trim().split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) {
      return undefined
    }
    value = (value as Record<string, unknown>)[key]
  }
  return ["string", "number", "boolean"].includes(typeof value) ? String(value) : undefined
}

/** Never half of a surrogate pair. */
function toLength(text: string, limit: number): string {
  return text.length > limit ? text.slice(0, limit).replace(/[\ud800-\udbff]$/, "") : text
}
