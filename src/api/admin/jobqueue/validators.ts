/** What the routes accept. Everything else is answered with 400 and a sentence that says what was expected. */
import { z } from "@medusajs/framework/zod"
import { JOB_STATES, type JobState } from "../../../index"

const DEFAULT_LIMIT = 20
const MAX_LIMIT = 100
const MAX_OFFSET = 10_000
const MAX_TEXT = 255

/** Postgres can't hold U+0000 in a text, nor UTF-8 a lone surrogate. */
const STORABLE = /^[^\u0000\p{Surrogate}]*$/u

function text(field: string) {
  return z
    .string()
    .trim()
    .min(1, `Expected a text for field '${field}', got an empty one`)
    .max(MAX_TEXT)
    .regex(STORABLE, `Field '${field}' has a U+0000 or a lone surrogate`)
}

/** Digits alone: `Number` would also take "", " 5 ", "0x5" and ["5"]. */
function wholeNumber(field: string, min: number, max: number, hint = "") {
  const message = `Expected a whole number from ${min} to ${max} for field '${field}'${hint}`
  return z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message)
}

/** `?state=failed`, `?state=failed,held`, `?state[]=failed&state[]=held`. */
const states = z
  .union([z.string(), z.array(z.string())], "Expected one state or several for field 'state'")
  .transform((value) => [value].flat().flatMap((part) => part.split(",")))
  .superRefine((values, context) => {
    const unknown = values.find((value) => !(JOB_STATES as readonly string[]).includes(value))
    if (unknown !== undefined) {
      const message = `Expected '${JOB_STATES.join(", ")}' for field 'state', got '${unknown.slice(0, MAX_TEXT)}'`
      context.addIssue({ code: "custom", message })
    }
  })
  .transform((values) => [...new Set(values)] as JobState[])

const narrowing = {
  queue: text("queue").optional(),
  identifier: text("identifier").optional(),
  store_id: text("store_id").optional(),
  resource_type: text("resource_type").optional(),
  resource_id: text("resource_id").optional(),
}

function isWholeResource({
  resource_type,
  resource_id,
}: {
  resource_type?: string
  resource_id?: string
}): boolean {
  return resource_id === undefined || resource_type !== undefined
}

const HALF_A_RESOURCE = "Field 'resource_id' needs 'resource_type', for example 'order'"

export const AdminGetJobsParams = z
  .strictObject({
    ...narrowing,
    state: states.optional(),
    tag: text("tag").optional(),
    q: text("q").optional(),
    limit: wholeNumber("limit", 1, MAX_LIMIT).default(DEFAULT_LIMIT),
    offset: wholeNumber("offset", 0, MAX_OFFSET, "; go further with 'after' and the next_cursor").default(0),
    after: text("after").optional(),
  })
  .refine(
    ({ after, offset }) => after === undefined || offset === 0,
    "Pass either 'offset' or 'after', not both"
  )
  .refine(isWholeResource, HALF_A_RESOURCE)

export type AdminGetJobsParamsType = z.infer<typeof AdminGetJobsParams>

export const AdminGetJobCountsParams = z.strictObject(narrowing).refine(isWholeResource, HALF_A_RESOURCE)

export type AdminGetJobCountsParamsType = z.infer<typeof AdminGetJobCountsParams>

export const AdminNoParams = z.strictObject({})

export const AdminNoBody = z.strictObject({})

const REASON_LIMIT = 1000

export const AdminHoldJob = z.strictObject({ reason: z.string().trim().max(REASON_LIMIT).optional() })

export type AdminHoldJobBody = z.infer<typeof AdminHoldJob>

/** `null` takes the admin's value away: the option, or the built-in value, counts again. */
export const AdminUpdateSettings = z
  .strictObject({ "default_worker.cron": text("default_worker.cron").nullable().optional() })
  .refine(
    (settings) => Object.keys(settings).length > 0,
    "Expected at least one setting: 'default_worker.cron'"
  )

export type AdminUpdateSettingsType = z.infer<typeof AdminUpdateSettings>
