/** What did not end well is told in the log too, each time: not everybody looks at the admin. */
import type { Logger } from "@medusajs/framework/types"
import type { Conclusion } from "../table/settle"
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
