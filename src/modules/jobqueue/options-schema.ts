/** The check of the plugin's options: one schema, parsed once at boot, all problems listed together. */
import { Cron } from "croner"
import { z } from "@medusajs/framework/zod"
import { DEFAULT_QUEUE } from "./constants"
import { EXPECTED_MIDDLEWARE } from "./errors/middleware"
import { invalidOptions } from "./errors/options"
import { didYouMean, type Problem } from "./errors/problem"
import { toMilliseconds, type Duration } from "./job/duration"
import { middlewareProblem, type JobMiddleware } from "./job/middleware"
import { durationSchema, queueNameSchema, settingsShape } from "./job/settings"
import type { ParsedOptions, ResolveStore } from "./options"

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

const middlewareSchema = z.custom<JobMiddleware>((value) => middlewareProblem(value) === undefined, {
  error: ({ input }) => `${EXPECTED_MIDDLEWARE}, ${middlewareProblem(input)}`,
})

const optionsSchema = z.strictObject({
  queues: z.record(queueNameSchema, queueSchema).default({}),
  defaultQueue: queueNameSchema.default(DEFAULT_QUEUE),
  mode: z.enum(["queue", "inline"]).default("queue"),
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
  callbackUrl: z
    .url({ protocol: /^https?$/, error: 'expected an address such as "https://api.shop.example"' })
    .transform((url) => url.replace(/\/+$/, ""))
    .optional(),
  callbackRate: z
    .strictObject({ perAddress: POSITIVE.default(300), overall: POSITIVE.default(3000) })
    .prefault({}),
  strict: z.boolean().default(false),
  resolveStore: z
    .custom<ResolveStore>((value) => typeof value === "function", "expected a function")
    .optional(),
  middleware: z.array(middlewareSchema).default([]),
  hookTimeout: milliseconds("5s"),
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
    case "callbackRate":
    case "retention":
    case "defaultWorker":
      return Object.keys(optionsSchema.shape[first].unwrap().shape)
    default:
      return KNOWN_OPTIONS
  }
}
