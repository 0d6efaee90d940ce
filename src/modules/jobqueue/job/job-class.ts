/** Which exports are job classes (known by `static identifier`, never by `instanceof`), and what is wrong with them. */
import { z } from "@medusajs/framework/zod"
import { invalidJobClass } from "../errors/job-class"
import { isRedactPath } from "./redact"
import type { JobClass } from "./abstract-job"
import { CHOSEN_EVENTS } from "./job-events"
import { queueNameSchema, settingsShape, type JobSettings } from "./settings"
import type { StandardSchema } from "./standard-schema"
import { uniqueSchema } from "./unique"

const IDENTIFIER = /^[\w.:/-]{1,200}$/
const NAME_TEMPLATE_LIMIT = 500

const classSchema = z.object({
  identifier: z
    .string({ error: 'expected a text such as "erp.send-order"; write `static identifier = …`' })
    .regex(IDENTIFIER, "expected 1 to 200 letters, digits, dots, dashes, underscores, colons or slashes"),
  queue: queueNameSchema.optional(),
  schema: z
    .custom<StandardSchema>((value) => typeof value === "object" && value !== null && "~standard" in value, {
      error: "expected a Standard Schema, such as z.object({ … })",
    })
    .optional(),
  keep: z.boolean().optional(),
  events: z.array(z.enum(CHOSEN_EVENTS)).optional(),
  strict: z.boolean().optional(),
  nameTemplate: z.string().min(1).max(NAME_TEMPLATE_LIMIT).optional(),
  redact: z
    .array(z.string().refine(isRedactPath, 'expected a path such as "card.number" or "items.*.secret"'))
    .optional(),
  unique: uniqueSchema
    .extend({ key: z.custom((key) => typeof key === "function", "expected a function of the payload") })
    .optional(),
  ...settingsShape,
})

/** True for what may be registered: a class with `perform` that names an identifier. */
export function isJobClass(value: unknown): value is JobClass {
  return hasPerform(value) && typeof (value as Partial<JobClass>).identifier === "string"
}

/** True for every class with a `perform` method, also for one that forgot its identifier. */
export function hasPerform(value: unknown): boolean {
  return (
    typeof value === "function" &&
    typeof (value as { prototype?: { perform?: unknown } }).prototype?.perform === "function"
  )
}

/** @throws MedusaError that lists all that is wrong with the static fields of a job class */
export function checkJobClass(job: JobClass, source: string): void {
  const said = Object.keys(classSchema.shape).map((field) => [field, job[field as keyof JobClass]])
  const parsed = classSchema.safeParse(Object.fromEntries(said))
  if (!parsed.success) {
    throw invalidJobClass(
      source,
      parsed.error.issues.map(({ path, message }) => ({ path: `static ${path.join(".")}`, message }))
    )
  }
}

/** The settings of a class that was checked: its `timeout` is a duration. */
export function settingsOf(job: JobClass): JobSettings {
  return job as JobSettings
}
