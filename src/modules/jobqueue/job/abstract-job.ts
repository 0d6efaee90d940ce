/**
 * What a shop's developer extends: data in the constructor, work in `perform()`. An instance lives
 * twice: where it is enqueued, and where it is performed.
 */
import type { JobContext } from "./context"
import type { Duration } from "./duration"
import { JobDraft } from "./draft"
import type { EnqueueOptions } from "./enqueue-options"
import type { HookContext } from "./hook-context"
import type { ChosenEvent } from "./job-events"
import type { JsonValue } from "./json"
import { outcome, type Outcome, type WaitForCallback } from "./outcome"
import type { JobSettings } from "./settings"
import type { StandardSchema } from "./standard-schema"
import type { UniqueOptions } from "./unique"

/** What `perform` may return. A JSON value is kept as the job's `result`. */
export type PerformResult = JsonValue | Outcome | void

/**
 * The static side of a job class. It is checked when it is registered, and before its first enqueue.
 * `timeout` may be any text here, because a plain `static timeout = "30s"` is one to the compiler.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a class of any payload
export interface JobClass<P = any> extends Omit<JobSettings, "timeout"> {
  new (payload: P): AbstractJob<P>
  /** The stable name of the class, stored on each job, for example `"erp.send-order"`. */
  readonly identifier: string
  /** The queue of its jobs. Default: the plugin's `defaultQueue`. */
  readonly queue?: string
  /** What one attempt may take, in milliseconds or as `"30s"`. Default: no limit. */
  readonly timeout?: Duration | string | null
  /** Checks the payload at enqueue, and again before perform. Any Standard Schema, such as a zod object. */
  readonly schema?: StandardSchema
  /** `false` deletes a completed job at once. Default `true`: kept for the retention time. */
  readonly keep?: boolean
  /** Events that its jobs emit besides failed, held and canceled: `["completed", "retrying"] as const`. Default: none. */
  readonly events?: readonly ChosenEvent[]
  /**
   * `true`: a promise that is rejected and nobody handles, or a process warning, fails the attempt that raised it.
   * Default: the plugin's `strict`.
   */
  readonly strict?: boolean
  /** The name of its jobs where the call gives none: `"Order {order_id} to ERP"`, with paths of the payload in braces. */
  readonly nameTemplate?: string
  /**
   * Paths of the payload and the result that nobody is shown, with `*` for every item or field: `["card.number"]`,
   * `["items.*.secret"]`. They read `"[redacted]"` everywhere but in `perform`.
   */
  readonly redact?: readonly string[]
  /** How its jobs are unique where the call does not say it; without a key (null, undefined) a job is not. */
  readonly unique?: ClassUnique<P>
}

/** As `UniqueOptions`, with the key taken from the payload. A process without the class can't know the key. */
export interface ClassUnique<P> extends Omit<UniqueOptions, "key"> {
  readonly key: (payload: P) => string | null | undefined
}

export abstract class AbstractJob<P = JsonValue> extends JobDraft<P> {
  /** The job's work. Throw to have it tried again. */
  abstract perform(context: JobContext): Promise<PerformResult> | PerformResult

  // The hooks, all optional, each a method. One that throws is logged and changes nothing; none is waited for longer than
  // the option `hookTimeout`. Those after an attempt run at most once, when its outcome is written.

  /** Before the job is written, on the instance that is enqueued. What it returns is laid over the options of the call. */
  onEnqueue?(options: Readonly<EnqueueOptions>): Promise<EnqueueOptions | void> | EnqueueOptions | void

  /** Before each `perform`, on the same instance. */
  onStart?(context: JobContext): Promise<void> | void

  /** An attempt failed, and another one follows. */
  onRetry?(error: Error, context: HookContext): Promise<void> | void

  /** The job is completed. `result` is what was kept of what `perform` returned. */
  onCompleted?(result: JsonValue | undefined, context: HookContext): Promise<void> | void

  /** The job failed for good. */
  onFailed?(error: Error, context: HookContext): Promise<void> | void

  /** The job has ended: `context.job.state` is completed, failed or canceled. After the hook for that. */
  onFinish?(context: HookContext): Promise<void> | void
  /**
   * Decides what a callback means for a job that waits for it: the same outcomes as of `perform`, and
   * `waitForCallback` again to keep waiting. Without this method the job is completed, and `data` is its result.
   * It runs in the process that got the callback, for at most the job's timeout and never longer than a minute. When it
   * throws, the job goes on waiting and whoever sent the callback is told to try again.
   * @param data - whatever the third party sent: check it
   */
  onCallback?(data: unknown, context: JobContext): Promise<PerformResult> | PerformResult

  /** Counts as a failed attempt; tried again after `in`, by default after the backoff. */
  protected retry(details: { in?: Duration; reason?: string } = {}): Outcome<"retry"> {
    return outcome("retry", details)
  }

  /** Runs again after `time`; does not count as an attempt. */
  protected snooze(time: Duration): Outcome<"snooze"> {
    return outcome("snooze", { for: time })
  }

  /** Sets the job aside until a person lets it go. */
  protected hold(reason: string): Outcome<"hold"> {
    return outcome("hold", { reason })
  }

  /** Fails for good, whatever attempts are left. */
  protected fail(reason: string): Outcome<"fail"> {
    return outcome("fail", { reason })
  }

  /** Ends the job as canceled: it is no longer wanted. */
  protected cancel(reason: string): Outcome<"cancel"> {
    return outcome("cancel", { reason })
  }

  /**
   * The work is in a third party's hands: the job waits for `jobqueue.resolve`, for `jobqueue.reject`, or for its callback
   * address (`context.callback()`), and takes no place of a worker meanwhile.
   */
  protected waitForCallback(details: WaitForCallback): Outcome<"waitForCallback"> {
    return outcome("waitForCallback", details)
  }
}
