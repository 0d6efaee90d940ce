/** A job class from a function, for those who write no classes. It is one like any other. */
import { AbstractJob, type JobClass, type PerformResult } from "./abstract-job"
import type { JobContext } from "./context"
import type { Duration } from "./duration"
import type { JsonValue } from "./json"
import { outcome, type Outcome, type WaitForCallback } from "./outcome"
import type { InputOf, OutputOf, StandardSchema } from "./standard-schema"

/** What `perform` may return beside its result, as the methods of the same names in a class. */
export interface Outcomes {
  /** Counts as a failed attempt; tried again after `in`, by default after the backoff. */
  retry(details?: { in?: Duration; reason?: string }): Outcome<"retry">
  /** Runs again after `time`; does not count as an attempt. */
  snooze(time: Duration): Outcome<"snooze">
  /** Sets the job aside until a person lets it go. */
  hold(reason: string): Outcome<"hold">
  /** Fails for good, whatever attempts are left. */
  fail(reason: string): Outcome<"fail">
  /** Ends the job as canceled: it is no longer wanted. */
  cancel(reason: string): Outcome<"cancel">
  /** Waits for a third party, by `context.callback()` or `jobqueue.resolve(id, data)`. */
  waitForCallback(details: WaitForCallback): Outcome<"waitForCallback">
}

const OUTCOMES: Outcomes = {
  retry: (details = {}) => outcome("retry", details),
  snooze: (time) => outcome("snooze", { for: time }),
  hold: (reason) => outcome("hold", { reason }),
  fail: (reason) => outcome("fail", { reason }),
  cancel: (reason) => outcome("cancel", { reason }),
  waitForCallback: (details) => outcome("waitForCallback", details),
}

/** The static fields of a class, and its work. */
export interface JobDefinition<P, Performed = P> extends Omit<JobClass<P>, "schema"> {
  /** The job's work. Throw to have it tried again; return one of `outcomes` for anything else. */
  perform: (
    payload: Performed,
    context: JobContext,
    outcomes: Outcomes
  ) => Promise<PerformResult> | PerformResult
}

/**
 * A job class from a function: `defineJob({ identifier: "erp.send-order", schema, perform: async ({ order_id }) => … })`.
 * Export it from a file in `src/queue-jobs`, as a class. The payload's type comes from the schema.
 */
export function defineJob<S extends StandardSchema>(
  definition: JobDefinition<InputOf<S>, OutputOf<S>> & { schema: S }
): JobClass<InputOf<S>>
/** Without a schema, the type of `perform`'s first parameter is that of the payload. */
export function defineJob<P = JsonValue>(definition: JobDefinition<P> & { schema?: undefined }): JobClass<P>
export function defineJob<P>({ perform, ...fields }: JobDefinition<P>): JobClass<P> {
  class DefinedJob extends AbstractJob<P> {
    perform(context: JobContext) {
      return perform(this.payload, context, OUTCOMES)
    }
  }
  Object.defineProperty(DefinedJob, "name", { value: fields.identifier })
  return Object.assign(DefinedJob, fields)
}
