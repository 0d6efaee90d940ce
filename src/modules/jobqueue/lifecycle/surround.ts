/** What stands around a job's `perform`: the middleware, and inside of it the hook `onStart`. */
import type { AbstractJob, PerformResult } from "../job/abstract-job"
import type { JobContext } from "../job/context"
import { describeJob } from "./job-context"
import type { Middlewares } from "./middlewares"
import { JobAborted, type Run } from "./run"
import { safely, type SafetyLimits } from "./safely"

export interface SurroundDependencies extends SafetyLimits {
  middlewares: Middlewares
}

export function performSurrounded(
  instance: AbstractJob<unknown>,
  context: JobContext,
  run: Run,
  deps: SurroundDependencies
): Promise<PerformResult> {
  return deps.middlewares.perform(context, async () => {
    if ("onStart" in instance) {
      const what = `${describeJob(run.claimed)}: its hook onStart`
      await safely(what, deps, () => instance.onStart?.(context))
    }
    if (run.cause) {
      throw new JobAborted(run.cause) // meanwhile its time was over, or somebody stopped it
    }
    return instance.perform(context)
  })
}
