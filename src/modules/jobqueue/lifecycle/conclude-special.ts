/** What it means for the job when its code could not begin, and when its own transaction ends it. */
import { unfinishedTransaction } from "../errors/transaction"
import { isOutcome } from "../job/outcome"
import type { Conclusion } from "../table/settle"
import { conclude, concludeFault, concludeThrown, concludeUnperformable, type ResultLimits } from "./conclude"
import { SystemFault, Unperformable } from "./prepare"
import type { Run } from "./run"

/** @throws MedusaError for an outcome, which can't be committed together with the job's completion */
export function concludeInTransaction(run: Run, value: unknown, limits: ResultLimits): Conclusion {
  if (isOutcome(value)) {
    throw unfinishedTransaction(run.claimed.identifier)
  }
  return conclude(run, value, limits)
}

export function concludeUnbegun(run: Run, reason: unknown): Conclusion {
  if (reason instanceof Unperformable) {
    return concludeUnperformable(reason.message)
  }
  return reason instanceof SystemFault ? concludeFault(run, reason.cause) : concludeThrown(run, reason)
}
