/** A job class with every hook: each notes that it was called, then does what the test says. */
import {
  AbstractJob,
  type EnqueueOptions,
  type HookContext,
  type JobContext,
  type JsonValue,
} from "../../src"
import type { PerformResult } from "../../src"

type Behaviour = (hook: string, ...given: unknown[]) => unknown

interface Called {
  hook: string
  job: Hooked
  context?: HookContext
  given?: unknown
}

/** What was called, in its order. */
export const journal: {
  calls: Called[]
  /** What every hook does, and what `perform` does. */
  inHook: Behaviour
  inPerform: (job: Hooked, context: JobContext) => unknown
} = { calls: [], inHook: () => undefined, inPerform: () => undefined }

export function resetJournal(): void {
  journal.calls = []
  journal.inHook = () => undefined
  journal.inPerform = () => undefined
}

export const hooksCalled = () => journal.calls.map(({ hook }) => hook)

export const NEVER = new Promise<never>(() => undefined)

export class Hooked extends AbstractJob<{ n?: number }> {
  static identifier = "test.hooked"
  static backoff = { type: "fixed", delay: 0 } as const
  static maxAttempts = 2
  static events = ["completed", "retrying"] as const

  override onEnqueue(options: EnqueueOptions) {
    return this.#note("onEnqueue", undefined, options) as EnqueueOptions
  }

  override onStart(context: JobContext) {
    return this.#note("onStart", context) as Promise<void>
  }

  override onRetry(error: Error, context: HookContext) {
    return this.#note("onRetry", context, error) as Promise<void>
  }

  override onCompleted(result: JsonValue | undefined, context: HookContext) {
    return this.#note("onCompleted", context, result) as Promise<void>
  }

  override onFailed(error: Error, context: HookContext) {
    return this.#note("onFailed", context, error) as Promise<void>
  }

  override onFinish(context: HookContext) {
    return this.#note("onFinish", context) as Promise<void>
  }

  perform(context: JobContext) {
    journal.calls.push({ hook: "perform", job: this, context })
    return journal.inPerform(this, context) as PerformResult
  }

  // The outcomes are protected: a script of a test is part of the job.
  outcomes = {
    retry: this.retry.bind(this),
    snooze: this.snooze.bind(this),
    hold: this.hold.bind(this),
    fail: this.fail.bind(this),
    cancel: this.cancel.bind(this),
  }

  #note(hook: string, context?: HookContext, given?: unknown): unknown {
    journal.calls.push({ hook, job: this, context, given })
    return journal.inHook(hook, given)
  }
}
