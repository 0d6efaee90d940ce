/** What a call of enqueue may say about one job, and the check of it. */
import type { Context } from "@medusajs/framework/types"
import { z } from "@medusajs/framework/zod"
import { didYouMean, type Problem } from "../errors/problem"
import type { Duration } from "./duration"
import type { JobResource } from "./job"
import { findJsonProblem, isStorableText } from "./json"
import { durationSchema, queueNameSchema, settingsShape, type JobSettings } from "./settings"
import type { JobSource, StoreContext } from "./store-context"
import { uniqueSchema, type UniqueOptions } from "./unique"

export interface EnqueueOptions extends JobSettings {
  /** What a person reads in the admin. Default: the class's name template, else the identifier. */
  name?: string
  /** Default: the class's queue. */
  queue?: string
  /** Not before this moment. A Date or an ISO 8601 text with a zone. */
  runAt?: Date | string
  /** Not before this time has passed; counted by the database's clock. Not together with `runAt`. */
  delay?: Duration
  tags?: string[]
  /** The id of the store in whose context the job runs. Default: see the README, "Store context". */
  store?: string
  /** Adds to, or overrides, what is found out about the store context. */
  context?: StoreContext
  /** The subscriber's `event` or the route's `req` that this job comes from: fills the context. */
  from?: JobSource
  /**
   * What the job is about, at most 20 things: it is shown on the page of each in the admin, and the first whose store
   * can be found out names its store.
   */
  resource?: JobResource | readonly JobResource[]
  /** Enqueues nothing new while a job of this identifier has the key. Default: the class's `unique`, else none. */
  unique?: UniqueOptions
  /** `false` deletes the job at once when it completes. */
  keep?: boolean
}

/**
 * Under this key the options carry the instance that is enqueued, for its hook `onEnqueue`. Global, because the instance
 * may be of another copy of this package; a symbol, because it is no option.
 */
export const INSTANCE = Symbol.for("medusa-plugin-jobqueue.instance")

/** A database transaction to enqueue in: the shared context of your own module, or the transaction itself. */
export type SharedContext = Context | { transaction: unknown }

const NAME_LIMIT = 500
const TAG_LIMIT = 100
const TAGS_LIMIT = 50
const RESOURCES_LIMIT = 20

function text(limit: number) {
  return z.string().min(1).max(limit).refine(isStorableText, "has a U+0000 or a lone surrogate")
}

const runAtSchema = z.union([z.date(), z.iso.datetime({ offset: true }).transform((iso) => new Date(iso))], {
  error: ({ input }) =>
    `expected a Date or an ISO 8601 text with a zone, such as "2026-01-31T08:00:00Z", got ${String(input)}`,
})

function refuseUnstorable(context: object, issues: z.core.$RefinementCtx): void {
  const problem = findJsonProblem(context, "context")
  if (problem) {
    issues.addIssue({ code: "custom", message: `${problem.path} ${problem.message}` })
  }
}

const resourceSchema = z.strictObject({ type: text(TAG_LIMIT), id: text(TAG_LIMIT) })

/** Each thing once. */
function distinct(resources: readonly JobResource[]): JobResource[] {
  return [...new Map(resources.map((one) => [JSON.stringify([one.type, one.id]), one])).values()]
}

const shape = {
  name: text(NAME_LIMIT).optional(),
  queue: queueNameSchema.optional(),
  runAt: runAtSchema.optional(),
  delay: durationSchema.optional(),
  tags: z.array(text(TAG_LIMIT)).max(TAGS_LIMIT).optional(),
  store: z.string().min(1).optional(),
  context: z.looseObject({}).superRefine(refuseUnstorable).optional(),
  from: z
    .custom<JobSource>(
      (value) => typeof value === "object" && value !== null,
      "expected an event or a request"
    )
    .optional(),
  resource: z
    .union([
      resourceSchema.transform((one) => [one]),
      z.array(resourceSchema).max(RESOURCES_LIMIT).transform(distinct),
    ])
    .optional(),
  unique: uniqueSchema.optional(),
  keep: z.boolean().optional(),
  ...settingsShape,
}

const KNOWN_OPTIONS = Object.keys(shape)

const optionsSchema = z
  .strictObject(shape)
  .refine(({ runAt, delay }) => runAt === undefined || delay === undefined, {
    path: ["delay"],
    message: "expected either runAt or delay, got both",
  })

export interface ParsedEnqueueOptions extends Omit<EnqueueOptions, "runAt" | "resource"> {
  runAt?: Date
  resource?: JobResource[]
}

export function parseEnqueueOptions(
  options: EnqueueOptions
): { options: ParsedEnqueueOptions; problems?: undefined } | { problems: Problem[] } {
  const parsed = optionsSchema.safeParse(options)
  return parsed.success ? { options: parsed.data } : { problems: parsed.error.issues.flatMap(problemsOf) }
}

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  if (issue.code !== "unrecognized_keys" || issue.path.length > 0) {
    return [{ path: issue.path.join(".") || "options", message: issue.message }]
  }
  return issue.keys.map((key) => ({ path: key, message: `unknown option${didYouMean(key, KNOWN_OPTIONS)}` }))
}
