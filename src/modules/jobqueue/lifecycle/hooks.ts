/** The hooks of a job class: which it has, and how each is called so that it can't break anything. */
import type { AbstractJob, JobClass } from "../job/abstract-job"
import type { HookContext } from "../job/hook-context"
import type { Job } from "../job/job"
import type { ChosenEvent } from "../job/job-events"
import type { JsonValue } from "../job/json"
import { recordThrown, type ThrownRecord } from "../job/thrown"
import { safely, type SafetyLimits } from "./safely"

type Instance = AbstractJob<unknown>

/** What a class asks for beyond `perform`. */
export interface Wishes {
  hasStart: boolean
  /** It has hooks that run when an outcome is written. */
  hasAfter: boolean
  events: ReadonlySet<ChosenEvent>
}

const AFTER = ["onRetry", "onCompleted", "onFailed", "onFinish"] as const

/** Null for a class that asks for nothing. */
const known = new WeakMap<object, Wishes | null>()

/** Looked for once for each class. Undefined for a class without hooks and events, as most are. */
export function wishesOf(instance: Instance): Wishes | undefined {
  const { constructor } = instance
  let wishes = known.get(constructor)
  if (wishes === undefined) {
    wishes = findWishes(instance)
    known.set(constructor, wishes)
  }
  return wishes ?? undefined
}

/** The same, for a class of which no instance may have been looked at yet. */
export function hasAfterHooks(job: JobClass): boolean {
  return known.get(job)?.hasAfter ?? AFTER.some((hook) => hook in (job.prototype as object))
}

function findWishes(instance: Instance): Wishes | null {
  const events = new Set((instance.constructor as JobClass).events)
  const hasStart = "onStart" in instance
  const hasAfter = AFTER.some((hook) => hook in instance)
  return hasStart || hasAfter || events.size > 0 ? { hasStart, hasAfter, events } : null
}

/** The end of an attempt, or of a job, as its hooks hear of it. */
export interface Ending {
  state: string
  /** What was kept of what `perform` returned. */
  result?: JsonValue
  /** Of a failed attempt. */
  error?: Error
}

/** For a job that failed without an attempt of its own, and whose reason nobody said. */
const NO_ERROR = new Error("nothing is known of why it failed")

/** Calls what the class has for this ending, one after the other. Never rejects. */
export async function runHooks(
  instance: Instance,
  { state, result, error = NO_ERROR }: Ending,
  context: HookContext,
  limits: SafetyLimits
): Promise<void> {
  const run = (hook: keyof Instance & string, call: () => Promise<void> | void | undefined) =>
    hook in instance
      ? safely(`${describe(context.job, context.attempt)}: its hook ${hook}`, limits, call)
      : undefined
  switch (state) {
    case "retrying":
      return run("onRetry", () => instance.onRetry?.(error, context))
    case "completed":
      await run("onCompleted", () => instance.onCompleted?.(result, context))
      break
    case "failed":
      await run("onFailed", () => instance.onFailed?.(error, context))
  }
  await run("onFinish", () => instance.onFinish?.(context))
}

export function describe({ id, identifier, queue }: Job, attempt: number): string {
  return `[jobqueue] ${identifier} #${id} (queue ${queue}, attempt ${attempt})`
}

/** What was thrown, where that is the attempt's error; else an error that says what is kept of it. */
export function errorOf(record: ThrownRecord, thrown: unknown): Error {
  if (thrown instanceof Error && recordThrown(thrown).message === record.message) {
    return thrown
  }
  return Object.assign(new Error(record.message, thrown === undefined ? {} : { cause: thrown }), {
    name: record.name,
  })
}
