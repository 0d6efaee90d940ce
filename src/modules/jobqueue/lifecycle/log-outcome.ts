/** What did not end well is told in the log too, each time: not everybody looks at the admin. */
import type { Logger } from "@medusajs/framework/types"
import { recordThrown } from "../job/thrown"
import type { Conclusion } from "../table/settle"
import type { ClaimedJob } from "../table/claimed-job"
import type { Holder, StrayKind } from "./current-job"
import { describeJob, type Named } from "./job-context"

export function logOutcome({ claimed }: { claimed: Named }, conclusion: Conclusion, logger: Logger): void {
  const { state, error, reason, delay } = conclusion
  const why = error?.message ?? reason ?? "no reason given"
  if (state === "failed") {
    logger.error(`${describeJob(claimed)}: failed for good: ${why}`)
  } else if (state === "held") {
    logger.warn(`${describeJob(claimed)}: held, a person must look: ${why}`)
  } else if (state === "retrying") {
    logger.warn(`${describeJob(claimed)}: failed, tried again in ${Math.round(delay)} ms: ${why}`)
  }
}

const STRAYS: Record<StrayKind, string> = {
  rejection: "it left a rejected promise that nobody handles",
  warning: "it raised a process warning",
}

/** `fails`: the attempt fails of it. */
export function logStray(
  { claimed }: { claimed: Named },
  { kind, reason, fails }: { kind: StrayKind; reason: unknown; fails: boolean },
  logger: Logger
): void {
  const consequence = fails ? ", and is strict: the attempt fails" : ""
  const error = reason instanceof Error ? reason : undefined
  logger.error(
    `${describeJob(claimed)}: ${STRAYS[kind]}${consequence}: ${recordThrown(reason).message}`,
    error
  )
}

/** Code of a job that is no attempt, such as a hook: nothing of it fails, so what goes astray is only told. */
export function besideAttempt(claimed: Named & Pick<ClaimedJob, "job">, logger: Logger): Holder {
  return {
    get job() {
      return claimed.job
    },
    onStray(kind, reason) {
      if (kind === "rejection") {
        logStray({ claimed }, { kind, reason, fails: false }, logger)
      }
    },
  }
}
