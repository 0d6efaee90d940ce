/** What a shop may put around every enqueue and every perform: `jobqueue.use(middleware)`. */
import { invalidMiddleware } from "../errors/middleware"
import { didYouMean } from "../errors/problem"
import type { PerformResult } from "./abstract-job"
import type { JobContext } from "./context"
import type { EnqueueOptions } from "./enqueue-options"
import type { EnqueuedJob } from "./job"

/** One job as a caller asked for it. */
export interface EnqueueRequest extends EnqueueOptions {
  payload: unknown
}

/** One call of `enqueue` or `enqueueMany`. */
export interface EnqueueCall {
  readonly identifier: string
  /** One for `enqueue`, all for `enqueueMany`. Replace them, in a call for `next`; they are the caller's. */
  readonly requests: readonly EnqueueRequest[]
}

/** Both are optional. The middleware that was used first is the outermost. */
export interface JobMiddleware {
  /**
   * Around each call of enqueue, before anything is checked. Throw to refuse: that is the caller's error, and nothing is
   * written. Pass a changed call to `next` to change payloads or options; it must have as many requests.
   * @param next - writes the jobs; once
   */
  enqueue?(call: EnqueueCall, next: (changed?: EnqueueCall) => Promise<EnqueuedJob[]>): Promise<EnqueuedJob[]>
  /**
   * Around each perform, in the job's store context and under its timeout. What it returns or throws counts as the job's
   * own, also when it never called `next`.
   * @param next - performs the job; once. What it began is waited for
   */
  perform?(context: JobContext, next: () => Promise<PerformResult>): Promise<PerformResult>
}

const PARTS = ["enqueue", "perform"]

/** @throws MedusaError that says what is wrong */
export function checkMiddleware(middleware: JobMiddleware): void {
  const problem = middlewareProblem(middleware)
  if (problem) {
    throw invalidMiddleware(problem)
  }
}

/** Undefined when it can be used. */
export function middlewareProblem(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) {
    return `got ${value === null ? "null" : typeof value}`
  }
  const { enqueue, perform } = value as Record<string, unknown>
  const unknown = Object.keys(value).find((key) => !PARTS.includes(key) && didYouMean(key, PARTS) !== "")
  if (unknown !== undefined) {
    return `got "${unknown}"${didYouMean(unknown, PARTS)}`
  }
  const given = [enqueue, perform].filter((part) => part !== undefined)
  return given.length > 0 && given.every((part) => typeof part === "function")
    ? undefined
    : `got { enqueue: ${typeof enqueue}, perform: ${typeof perform} }`
}
