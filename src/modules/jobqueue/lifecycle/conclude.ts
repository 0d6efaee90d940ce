/**
 * What the end of a performing means for the job: returned means completed, thrown means retry until the
 * limit, everything else is explicit.
 */
import type { Logger } from "@medusajs/framework/types"
import { invalidOnTimeout } from "../errors/callback"
import { backoffDelay } from "../job/backoff"
import { toMilliseconds, type Duration } from "../job/duration"
import { findJsonProblem, toStorableText } from "../job/json"
import { isOutcome, ON_TIMEOUT, type Outcome, type WaitForCallback } from "../job/outcome"
import { recordThrown, type ThrownRecord } from "../job/thrown"
import type { ClaimedJob } from "../table/claimed-job"
import type { Conclusion } from "../table/settle"
import { describeJob } from "./job-context"
import type { Run } from "./run"

/** How often a system fault may give an attempt of one job back. */
const REFUND_LIMIT = 20

/** The wait after a system fault. */
const FAULT_DELAY_MILLISECONDS = 5000

const REASON_LIMIT = 2000

export interface ResultLimits {
  logger: Logger
  maxResultBytes: number
}

/** For what `perform` returned. @throws MedusaError for a wrong duration, which then counts as the job's error */
export function conclude(run: Run, returned: unknown, limits: ResultLimits): Conclusion {
  if (returned === undefined) {
    return COMPLETED
  }
  return isOutcome(returned)
    ? concludeOutcome(run, returned)
    : conclusion("completed", { result: storable(run, returned, limits) })
}

/** The same; an outcome with a wrong duration counts as the job's error. */
export function concludeReturned(run: Run, returned: unknown, limits: ResultLimits): Conclusion {
  try {
    return conclude(run, returned, limits)
  } catch (error) {
    return concludeThrown(run, error)
  }
}

/** For whatever `perform` threw. An attempt that this process itself broke off is given back. */
export function concludeThrown(run: Run, thrown: unknown): Conclusion {
  const { refunds } = run.claimed
  if (run.cause === "shutdown" && refunds < REFUND_LIMIT) {
    return conclusion("pending", { uncounted: true, refunded: true })
  }
  const record = recordThrown(thrown)
  return failedAttempt(run, run.cause === "timeout" ? timeoutRecord(run, record) : record)
}

/** For what went astray in a strict job, whatever it returned or threw besides. */
export function concludeStray(run: Run, reason: unknown): Conclusion {
  return failedAttempt(run, recordThrown(reason))
}

/** For a job whose code could not begin: a person must look, and the attempt does not count. */
export function concludeUnperformable(reason: string): Conclusion {
  return conclusion("held", { uncounted: true, reason })
}

/** For a fault of the system before the job's code began: soon again, uncounted within the limit. */
export function concludeFault(run: Run, cause: unknown): Conclusion {
  return run.claimed.refunds < REFUND_LIMIT
    ? conclusion("retrying", { delay: FAULT_DELAY_MILLISECONDS, uncounted: true, refunded: true })
    : failedAttempt(run, recordThrown(cause))
}

function concludeOutcome(run: Run, outcome: Outcome): Conclusion {
  switch (outcome.kind) {
    case "retry":
      return failedAttempt(
        run,
        reasonRecord("Retry", outcome.reason ?? "the job asked for a retry"),
        outcome.in
      )
    case "snooze":
      return conclusion("scheduled", { delay: toMilliseconds(outcome.for), uncounted: true })
    case "hold":
      return conclusion("held", { reason: outcome.reason })
    case "fail":
      return conclusion("failed", { reason: outcome.reason, error: reasonRecord("Fail", outcome.reason) })
    case "cancel":
      return conclusion("canceled", { reason: outcome.reason })
    case "waitForCallback":
      return concludeWaiting(outcome)
  }
}

function concludeWaiting({ timeout, onTimeout = "retry" }: WaitForCallback): Conclusion {
  if (!ON_TIMEOUT.includes(onTimeout)) {
    throw invalidOnTimeout(onTimeout, ON_TIMEOUT)
  }
  return conclusion("waiting", { delay: toMilliseconds(timeout), onTimeout })
}

/** What is known of an attempt that failed, by whoever ends it. */
export interface FailedRun {
  readonly claimed: Readonly<Pick<ClaimedJob, "attempt" | "maxAttempts" | "backoff">>
}

/** Another attempt after the backoff, or after what the job asked for; at the limit the job has failed. */
export function failedAttempt(run: FailedRun, error: ThrownRecord, delay?: Duration): Conclusion {
  const { attempt, maxAttempts } = run.claimed
  if (attempt >= maxAttempts) {
    return conclusion("failed", { error, reason: `failed at attempt ${attempt} of ${maxAttempts}` })
  }
  return conclusion("retrying", {
    error,
    delay: delay === undefined ? backoffDelay(run.claimed.backoff, attempt) : toMilliseconds(delay),
  })
}

export function conclusion(state: Conclusion["state"], said: Partial<Conclusion> = {}): Conclusion {
  const { reason = null, ...rest } = said
  return {
    state,
    delay: 0,
    uncounted: false,
    refunded: false,
    result: undefined,
    error: null,
    reason: reason === null ? null : toStorableText(String(reason)).slice(0, REASON_LIMIT),
    ...rest,
  }
}

/** What most jobs come to: one for all. */
const COMPLETED = Object.freeze(conclusion("completed"))

/**
 * The work is done, so a result that can't be kept does not fail the job: it is left out, and the log says so. A copy,
 * because the job may still change what it returned, and one that can't be written would hold up its whole batch.
 */
function storable(run: Run, result: unknown, { logger, maxResultBytes }: ResultLimits): unknown {
  try {
    const problem = findJsonProblem(result, "result")
    const text = problem ? "" : JSON.stringify(result)
    const bytes = Buffer.byteLength(text)
    if (!problem && bytes <= maxResultBytes) {
      return JSON.parse(text)
    }
    leaveOut(problem ? `${problem.path} ${problem.message}` : `${bytes} bytes, at most ${maxResultBytes}`)
  } catch (error) {
    leaveOut(recordThrown(error).message)
  }
  return undefined

  function leaveOut(why: string): void {
    logger.warn(`${describeJob(run.claimed)}: completed, but its result is not kept: ${why}`)
  }
}

export function reasonRecord(name: string, reason: string): ThrownRecord {
  return { name, message: toStorableText(String(reason)).slice(0, REASON_LIMIT), stack: null }
}

function timeoutRecord({ claimed }: Run, { message, stack }: ThrownRecord): ThrownRecord {
  const limit = `the attempt took longer than its timeout of ${claimed.timeout} ms`
  return { name: "Timeout", message: `${limit} (${message})`, stack }
}
