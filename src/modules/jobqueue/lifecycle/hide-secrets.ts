/** What a job throws, says or logs may quote what its class hides: such texts are shown without it. */
import type { Logger } from "@medusajs/framework/types"
import type { JobClass } from "../job/abstract-job"
import { scrub } from "../job/redact"
import type { Conclusion } from "../table/settle"

/** Texts without the secrets of one job; undefined for a class that has none. */
export type Hide = (text: string) => string

/** @param job - an instance of its class */
export function hiderOf(job: { payload: unknown }): Hide | undefined {
  const { redact } = job.constructor as JobClass
  return redact && redact.length > 0 ? (text) => scrub(text, job.payload, redact) : undefined
}

export function hideInConclusion(conclusion: Conclusion, hide: Hide): Conclusion {
  const { reason, error } = conclusion
  return {
    ...conclusion,
    reason: reason && hide(reason),
    error: error && { ...error, message: hide(error.message), stack: error.stack && hide(error.stack) },
  }
}

export function hidingLogger(logger: Logger, hide: Hide): Logger {
  const hiding = (method: "debug" | "info" | "warn") => (message: string) => logger[method](hide(message))
  return Object.assign(Object.create(logger) as Logger, {
    debug: hiding("debug"),
    info: hiding("info"),
    warn: hiding("warn"),
    error: (message: string, error?: Error) => logger.error(hide(message), error && hiddenError(error, hide)),
  })
}

/** Another error that reads like it: the job's own is not changed. */
function hiddenError(error: Error, hide: Hide): Error {
  const hidden = new Error(hide(String(error.message)))
  hidden.name = error.name
  hidden.stack = hide(String(error.stack))
  return hidden
}
