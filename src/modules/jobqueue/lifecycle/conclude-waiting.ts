/** What the end of a job's waiting means when no callback decided it: its deadline, or a third party that said no. */
import type { OnTimeout } from "../job/outcome"
import type { Conclusion } from "../table/settle"
import { conclusion, failedAttempt, reasonRecord, type FailedRun } from "./conclude"

/** Counts as a failed attempt, unless the job said that it has failed then. */
export function concludeExpired(run: FailedRun, onTimeout: OnTimeout): Conclusion {
  const reason = "no callback came within the time that the job gave it"
  const error = reasonRecord("CallbackTimeout", reason)
  return onTimeout === "retry" ? failedAttempt(run, error) : conclusion("failed", { reason, error })
}

/** Counts as a failed attempt; without `retry` the job has failed, whatever attempts are left. */
export function concludeRejected(run: FailedRun, reason: string, retry: boolean): Conclusion {
  const error = reasonRecord("Rejected", reason)
  return retry ? failedAttempt(run, error) : conclusion("failed", { reason, error })
}
