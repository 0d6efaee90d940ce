/** Every way in which a performing may end: its meaning by the rules, and the real conclusion of the lifecycle. */
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
import type { Ending } from "./ending"

export interface RealEnding extends Ending {
  real: (claimed: ClaimedJob) => Conclusion
}

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
} satisfies Record<string, RealEnding>

export type EndingName = keyof typeof ENDINGS

/** The one that nearly all jobs come to has statements of its own, so it comes more often. */
export const ENDING_NAMES = [
  ...(Object.keys(ENDINGS) as EndingName[]),
  ...Array<EndingName>(4).fill("completes"),
]
