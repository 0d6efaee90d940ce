/**
 * Unique jobs: what a call may say of its key, and what is to be done when another job has that key already. Whether a
 * job blocks its key is decided by its state at the moment of the next enqueue, so claim and settle know nothing of keys.
 */
import { z } from "@medusajs/framework/zod"
import { toMilliseconds, type Duration } from "./duration"
import { isStorableText } from "./json"
import { durationSchema } from "./settings"
import { JOB_STATES, LIVE_STATES, type JobState } from "./states"

/** What happens to an enqueue whose key another job has. */
export const ON_CONFLICT = ["return", "error", "replace", "reschedule", "after"] as const

export type OnConflict = (typeof ON_CONFLICT)[number]

export interface UniqueOptions {
  /** At most 255 characters; together with the identifier it names the one job. */
  key: string
  /**
   * The states in which a job keeps the key. Default: all of a job that has not finished; with `within`, completed too.
   * A failed or canceled job gives it back unless its state is named here.
   */
  while?: readonly JobState[]
  /** The key is free again when so much time has passed since its job was enqueued. Default: without limit. */
  within?: Duration
  /**
   * - `"return"` (default): the answer is the job that has the key.
   * - `"error"`: a MedusaError NOT_ALLOWED that names that job.
   * - `"replace"`: that job gets the new payload, name and options; its id stays.
   * - `"reschedule"`: that job's time becomes the call's `delay` or `runAt` (debounce).
   * - `"after"`: as `"return"`, unless it runs: then exactly one more job is written, which waits until it has ended.
   *
   * A running job can be neither replaced nor rescheduled: both write one more, as `"after"` does.
   */
  onConflict?: OnConflict
}

/** The same with nothing left open. */
export interface Unique {
  key: string
  states: readonly JobState[]
  /** Milliseconds; null is without limit. */
  within: number | null
  onConflict: OnConflict
}

/** The job that got the key last. */
export interface KeyHolder {
  state: JobState
  /** Milliseconds since it was enqueued. */
  age: number
}

const KEY_LIMIT = 255

export const uniqueSchema = z.strictObject({
  key: z.string().min(1).max(KEY_LIMIT).refine(isStorableText, "has a U+0000 or a lone surrogate"),
  while: z.array(z.enum(JOB_STATES)).min(1).optional(),
  within: durationSchema.optional(),
  onConflict: z.enum(ON_CONFLICT).optional(),
})

/** A job that another process performs, or that a third party has: it can't be changed any more. */
const UNDER_WAY: readonly JobState[] = ["running", "waiting"]

export function toUnique({ key, while: states, within, onConflict = "return" }: UniqueOptions): Unique {
  return {
    key,
    states: states ?? (within === undefined ? LIVE_STATES : [...LIVE_STATES, "completed"]),
    within: within === undefined ? null : toMilliseconds(within),
    onConflict,
  }
}

/** What to do: `insert` a new job, or one that `follow`s the holder, or one of the conflict's own ways. */
export function decideUnique(
  { states, within, onConflict }: Unique,
  holder: KeyHolder | undefined
): "insert" | "follow" | Exclude<OnConflict, "after"> {
  if (!holder || !states.includes(holder.state) || (within !== null && holder.age >= within)) {
    return "insert"
  }
  if (onConflict === "return" || onConflict === "error") {
    return onConflict
  }
  if (UNDER_WAY.includes(holder.state)) {
    return "follow"
  }
  // What has finished can't be changed either; a caller that names such a state wants nothing new meanwhile.
  return onConflict === "after" || !(LIVE_STATES as readonly JobState[]).includes(holder.state)
    ? "return"
    : onConflict
}
