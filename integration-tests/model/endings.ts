/**
 * How a performing may end: what the rules say that it means for the job, and the real conclusion that the
 * lifecycle draws from it.
 */
import {
  conclude,
  concludeFault,
  concludeThrown,
  concludeUnperformable,
} from "../../src/modules/jobqueue/lifecycle/conclude"
import { outcome } from "../../src/modules/jobqueue/job/outcome"
import type { Run } from "../../src/modules/jobqueue/lifecycle/run"
import type { ClaimedJob } from "../../src/modules/jobqueue/table/claimed-job"
import type { Conclusion } from "../../src/modules/jobqueue/table/settle"
import type { ModeledJob, State } from "./modeled-job"

export interface Ending {
  /** Unless the job is at its limit, or its cancellation was asked for. */
  state: State
  /** A failed attempt, with its error. */
  hasError?: boolean
  hasReason: boolean
  hasResult: boolean
  /** Does not count as an attempt. */
  isUncounted?: boolean
  /** A fault of the system: not counted, within its limit. */
  isRefunded?: boolean
  /** Until it is due again. */
  hours: number
  real: (claimed: ClaimedJob) => Conclusion
}

const REFUND_LIMIT = 20
const HOUR = 3_600_000

const LIMITS = { logger: { warn() {} } as never, maxResultBytes: 10_000 }
const runOf = (claimed: ClaimedJob, cause?: "shutdown") => ({ claimed, cause }) as unknown as Run
const returned = (value: unknown) => (claimed: ClaimedJob) => conclude(runOf(claimed), value, LIMITS)
const plain = { hasReason: false, hasResult: false, hours: 0 }

export const ENDINGS = {
  completes: { ...plain, state: "completed", real: returned(undefined) },
  "completes with a result": { ...plain, state: "completed", hasResult: true, real: returned({ sent: 1 }) },
  throws: {
    ...plain,
    state: "retrying",
    hasError: true,
    real: (claimed) => concludeThrown(runOf(claimed), new Error("ERP is down")),
  },
  "retries in 2 h": {
    ...plain,
    state: "retrying",
    hasError: true,
    hours: 2,
    real: returned(outcome("retry", { in: "2h" })),
  },
  "snoozes 3 h": {
    ...plain,
    state: "scheduled",
    isUncounted: true,
    hours: 3,
    real: returned(outcome("snooze", { for: "3h" })),
  },
  holds: { ...plain, state: "held", hasReason: true, real: returned(outcome("hold", { reason: "look" })) },
  fails: {
    ...plain,
    state: "failed",
    hasError: true,
    hasReason: true,
    real: returned(outcome("fail", { reason: "no" })),
  },
  cancels: {
    ...plain,
    state: "canceled",
    hasReason: true,
    real: returned(outcome("cancel", { reason: "no longer wanted" })),
  },
  "is given back at shutdown": {
    ...plain,
    state: "pending",
    isUncounted: true,
    isRefunded: true,
    real: (claimed) => concludeThrown(runOf(claimed, "shutdown"), new Error("aborted")),
  },
  "cannot begin": {
    ...plain,
    state: "held",
    isUncounted: true,
    hasReason: true,
    real: () => concludeUnperformable("its payload is not valid"),
  },
  // The real wait is seconds, which could pass while the test runs.
  "meets a fault": {
    ...plain,
    state: "retrying",
    isUncounted: true,
    isRefunded: true,
    hours: 1,
    real: (claimed) => ({ ...concludeFault(runOf(claimed), new Error("no database")), delay: HOUR }),
  },
} satisfies Record<string, Ending>

export type EndingName = keyof typeof ENDINGS

/** The one that nearly all jobs come to has statements of its own, so it comes more often. */
export const ENDING_NAMES = [
  ...(Object.keys(ENDINGS) as EndingName[]),
  ...Array<EndingName>(4).fill("completes"),
]

/** Attempts are given back up to a limit; beyond it the fault counts as the job's own error. */
export function asCounted(ending: Ending, { refunds }: ModeledJob): Ending {
  return ending.isRefunded && refunds >= REFUND_LIMIT
    ? { ...ending, state: "retrying", hasError: true, isUncounted: false, isRefunded: false }
    : ending
}

/** A failed attempt at the limit. */
export function willFail({ state, hasError }: Ending, { attempts, maxAttempts }: ModeledJob): boolean {
  return state === "retrying" && hasError === true && attempts >= maxAttempts
}
