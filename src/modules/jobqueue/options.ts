/** The plugin's options: one schema, parsed once at boot, all problems listed together. */
import { Cron } from "croner"
import type { MedusaContainer } from "@medusajs/framework/types"
import { z } from "@medusajs/framework/zod"
import { DEFAULT_QUEUE } from "./constants"
import { didYouMean, invalidOptions, type Problem } from "./errors"
import { toMilliseconds, type Duration } from "./job/duration"
import type { JobResource } from "./job/job"
import { durationSchema, queueNameSchema, settingsShape, type JobSettings } from "./job/settings"

/** Names the store of a job for which nothing else does; undefined leaves it to the next rule. */
export type ResolveStore = (job: {
  container: MedusaContainer
  payload: unknown
  resource: JobResource | undefined
}) => string | undefined | Promise<string | undefined>

export interface QueueOptions extends JobSettings {
  /** Jobs of this queue that one process performs at a time. Default: the plugin's `concurrency`. */
  concurrency?: number
  /** Quick jobs (under 50 ms) that a worker claims ahead at most; 0 is none. Default: the plugin's `prefetch`. */
  prefetch?: number
  /** `false`: no continuous worker serves it; a scheduled one in `src/jobs` may. Default `true`. */
  worker?: boolean
}

export interface JobQueueOptions extends JobSettings {
  /** Queues by name. Those that a job class names need no entry here. */
  queues?: Record<string, QueueOptions>
  /** Default `"default"`. */
  defaultQueue?: string
  /** `false`: this process performs no jobs continuously. Default `true` (in worker modes `worker` and `shared`). */
  worker?: boolean
  /** Jobs that one queue performs at a time in one process. Default 10. */
  concurrency?: number
  /** Quick jobs (under 50 ms) that a worker claims ahead at most; 0 is none. Default 500. */
  prefetch?: number
  /** How often an idle worker looks for jobs when no wake-up reaches it. Default `"1s"`. */
  pollInterval?: Duration
  /** How long a shutdown waits for running jobs before it aborts them. Default `"25s"`. */
  shutdownGrace?: Duration
  /** The largest payload in bytes of JSON. Default 65,536. */
  maxPayloadBytes?: number
  /** How long finished jobs are kept. Default: completed 7 days, failed and canceled 90 days. */
  retention?: { completed?: Duration; failed?: Duration; canceled?: Duration }
  /** The scheduled worker of the default queue, for shops where no continuous worker runs. */
  defaultWorker?: {
    /** Default `true`. */
    enabled?: boolean
    /** When it looks for jobs. The admin's setting `default_worker.cron` overrides it. Default every five minutes. */
    cron?: string
    /** Jobs it performs at most at a time. Default 1,000. */
    limit?: number
    /** Time it takes at most. Default `"50s"`. */
    budget?: Duration
  }
  /** Names the store of a job for which the call does not. */
  resolveStore?: ResolveStore
  /** Connections of the queue's own pool. Default 4. */
  poolSize?: number
  /**
   * `true`: a transaction pooler, such as pgbouncer, stands in front of Postgres. Then nothing listens, because that
   * needs a session, and nothing is prepared by name: workers poll more often instead. Default `false`.
   */
  pooler?: boolean
}

export interface ParsedOptions extends JobSettings {
  queues: Record<string, QueueOptions>
  defaultQueue: string
  worker: boolean
  concurrency: number
  prefetch: number
  pollInterval: number
  shutdownGrace: number
  maxPayloadBytes: number
  retention: { completed: number; failed: number; canceled: number }
  defaultWorker: { enabled: boolean; cron: string; limit: number; budget: number }
  resolveStore?: ResolveStore
  poolSize: number
  pooler: boolean
}

const DEFAULT_MAX_PAYLOAD_BYTES = 65_536
/** When the scheduled worker of the default queue looks for jobs, unless an option or the admin says otherwise. */
export const BUILT_IN_CRON = "*/5 * * * *"

/** One claim statement takes no more: longer ones gain nothing and hold their rows longer. */
const MOST_PREFETCH = 500

const POSITIVE = z.number().int().positive()

/** A duration, handed on in milliseconds. */
function milliseconds(fallback: Duration) {
  return durationSchema.default(fallback).transform(toMilliseconds)
}

/** Undefined when `pattern` is a cron pattern, else what is wrong with it. */
export function cronProblem(pattern: string): string | undefined {
  try {
    new Cron(pattern, { paused: true })
    return undefined
  } catch (error) {
    return `"${pattern}" is no cron pattern: ${(error as Error).message}`
  }
}

const cronSchema = z.string().superRefine((pattern, context) => {
  const message = cronProblem(pattern)
  if (message) {
    context.addIssue({ code: "custom", message })
  }
})

const prefetchSchema = z.number().int().min(0).max(MOST_PREFETCH)

const queueSchema = z.strictObject({
  concurrency: POSITIVE.optional(),
  prefetch: prefetchSchema.optional(),
  worker: z.boolean().optional(),
  ...settingsShape,
})

const optionsSchema = z.strictObject({
  queues: z.record(queueNameSchema, queueSchema).default({}),
  defaultQueue: queueNameSchema.default(DEFAULT_QUEUE),
  worker: z.boolean().default(true),
  concurrency: POSITIVE.default(10),
  prefetch: prefetchSchema.default(MOST_PREFETCH),
  pollInterval: milliseconds("1s"),
  shutdownGrace: milliseconds("25s"),
  maxPayloadBytes: POSITIVE.default(DEFAULT_MAX_PAYLOAD_BYTES),
  retention: z
    .strictObject({
      completed: milliseconds("7d"),
      failed: milliseconds("90d"),
      canceled: milliseconds("90d"),
    })
    .prefault({}),
  defaultWorker: z
    .strictObject({
      enabled: z.boolean().default(true),
      cron: cronSchema.default(BUILT_IN_CRON),
      limit: POSITIVE.default(1000),
      budget: milliseconds("50s"),
    })
    .prefault({}),
  resolveStore: z
    .custom<ResolveStore>((value) => typeof value === "function", "expected a function")
    .optional(),
  poolSize: POSITIVE.default(4),
  pooler: z.boolean().default(false),
  ...settingsShape,
})

const KNOWN_OPTIONS = Object.keys(optionsSchema.shape)
const KNOWN_QUEUE_OPTIONS = Object.keys(queueSchema.shape)

/** @throws MedusaError that lists every problem with its path */
export function parseOptions(options: Readonly<Record<string, unknown>>): ParsedOptions {
  const { database: _injectedByMedusa, ...own } = options
  const parsed = optionsSchema.safeParse(own)
  if (!parsed.success) {
    throw invalidOptions(parsed.error.issues.flatMap(problemsOf))
  }
  return parsed.data
}

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  const path = issue.path.join(".")
  if (issue.code !== "unrecognized_keys") {
    return [{ path: path || "options", message: issue.message }]
  }
  const known = knownAt(issue.path)
  return issue.keys.map((key) => ({
    path: path ? `${path}.${key}` : key,
    message: `unknown option${didYouMean(key, known)}`,
  }))
}

/** The options that may stand where an unknown one was found. */
function knownAt([first]: readonly PropertyKey[]): string[] {
  switch (first) {
    case "queues":
      return KNOWN_QUEUE_OPTIONS
    case "retention":
    case "defaultWorker":
      return Object.keys(optionsSchema.shape[first].unwrap().shape)
    default:
      return KNOWN_OPTIONS
  }
}
