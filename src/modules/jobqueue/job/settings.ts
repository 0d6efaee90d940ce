/**
 * The settings that are stored on each job at enqueue, and the order in which their sources win:
 * the call, the job class, the queue's options, the plugin's options, built-in.
 */
import { z } from "@medusajs/framework/zod"
import { DEFAULT_BACKOFF, type Backoff } from "./backoff"
import { isDuration, type Duration } from "./duration"

/** Lower runs first; the scale of Medusa's `EventPriority`. */
export const JobPriority = {
  CRITICAL: 10,
  HIGH: 50,
  DEFAULT: 100,
  LOW: 500,
} as const

export interface JobSettings {
  /** Attempts until the job is failed for good, 1 to 1,000. Default 10. */
  maxAttempts?: number
  /** Wait between attempts. Default exponential from 5 s to 1 h with jitter 0.2. */
  backoff?: Backoff
  /** What one attempt may take; then its signal aborts and the attempt counts as failed. Default none. */
  timeout?: Duration | null
  /** Lower runs first. Default 100. */
  priority?: number
}

export interface StoredSettings {
  maxAttempts: number
  backoff: Backoff
  /** Milliseconds; null is without limit. */
  timeout: number | null
  priority: number
}

export const BUILT_IN_SETTINGS = {
  maxAttempts: 10,
  backoff: DEFAULT_BACKOFF,
  timeout: null,
  priority: JobPriority.DEFAULT,
} as const satisfies JobSettings

const MAX_ATTEMPTS_LIMIT = 1000
const PRIORITY_LIMIT = 1_000_000

export const durationSchema = z.custom<Duration>(isDuration, {
  error: ({ input }) =>
    `expected a duration (milliseconds, or a text such as "30s", "5m", "1h", "2d"), got ${JSON.stringify(input)}`,
})

const QUEUE_NAME_LIMIT = 100

export const queueNameSchema = z.string().trim().min(1).max(QUEUE_NAME_LIMIT)

const jitterSchema = z.number().min(0).max(1).optional()

export const backoffSchema = z.discriminatedUnion(
  "type",
  [
    z.strictObject({
      type: z.literal("exponential"),
      delay: durationSchema.optional(),
      max: durationSchema.optional(),
      jitter: jitterSchema,
    }),
    z.strictObject({
      type: z.literal("fixed"),
      delay: durationSchema.optional(),
      jitter: jitterSchema,
    }),
  ],
  { error: 'expected { type: "exponential", … } or { type: "fixed", … }' }
)

/** The fields of `JobSettings`, to be spread into the schemas of options, classes and calls. */
export const settingsShape = {
  maxAttempts: z.number().int().min(1).max(MAX_ATTEMPTS_LIMIT).optional(),
  backoff: backoffSchema.optional(),
  timeout: durationSchema.nullable().optional(),
  priority: z.number().int().min(-PRIORITY_LIMIT).max(PRIORITY_LIMIT).optional(),
}

/** The first of `sources` that says something wins, field by field; the built-in values come last. */
export function firstSettings(sources: readonly (JobSettings | undefined)[]): Required<JobSettings> {
  return {
    maxAttempts: first(sources, "maxAttempts") ?? BUILT_IN_SETTINGS.maxAttempts,
    backoff: first(sources, "backoff") ?? BUILT_IN_SETTINGS.backoff,
    timeout: first(sources, "timeout") ?? BUILT_IN_SETTINGS.timeout,
    priority: first(sources, "priority") ?? BUILT_IN_SETTINGS.priority,
  }
}

/** `null` counts as said: a call's `timeout: null` takes the limit of its class away. */
function first<K extends keyof JobSettings>(
  sources: readonly (JobSettings | undefined)[],
  key: K
): JobSettings[K] {
  return sources.find((source) => source?.[key] !== undefined)?.[key]
}
