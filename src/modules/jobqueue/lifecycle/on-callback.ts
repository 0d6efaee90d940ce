/** Asks a waiting job what its callback means: its `onCallback`, in its store context, for a bounded time. */
import type { Logger } from "@medusajs/framework/types"
import { onlyInPerform, unresolvable } from "../errors/callback"
import type { AbstractJob } from "../job/abstract-job"
import type { JobContext } from "../job/context"
import type { WaitingJob } from "../table/resolve"
import type { Conclusion } from "../table/settle"
import { conclude } from "./conclude"
import { asCurrentJob } from "./current-job"
import { describeJob, jobContext, type ContextWork } from "./job-context"
import { besideAttempt } from "./log-outcome"
import { prepare, SystemFault, Unperformable, type Prepared, type PrepareDependencies } from "./prepare"
import { Run } from "./run"

/** Whoever sent the callback waits for the answer. A shorter timeout of the job counts too. */
export const LONGEST_MILLISECONDS = 60_000

export interface OnCallbackDependencies extends PrepareDependencies {
  logger: Logger
  maxResultBytes: number
}

/** Without a method `onCallback` the job is completed, and the data is its result. @throws whatever the job throws */
export async function askJob(run: Run, data: unknown, deps: OnCallbackDependencies): Promise<Conclusion> {
  const prepared = await prepareToAsk(run, deps)
  const timer = setTimeout(() => run.abort("timeout"), LONGEST_MILLISECONDS)
  try {
    return conclude(run, await answerOf(run, prepared, data, deps), deps)
  } finally {
    clearTimeout(timer)
  }
}

/** A run of a waiting job has no place of a worker. */
export function runOfCallback(waiting: WaitingJob): Run {
  return new Run(waiting, { onPerformed: () => undefined, onSettled: () => undefined })
}

async function prepareToAsk(run: Run, deps: OnCallbackDependencies): Promise<Prepared> {
  try {
    return await prepare(run.claimed, deps)
  } catch (error) {
    if (error instanceof Unperformable) {
      throw unresolvable(String(run.claimed.id), error.message)
    }
    throw error instanceof SystemFault ? error.cause : error
  }
}

function answerOf(
  run: Run,
  { instance, store }: Prepared,
  data: unknown,
  { logger }: OnCallbackDependencies
): Promise<unknown> {
  const tools = refusingWork(run, logger)
  const perform = () =>
    asCurrentJob(
      besideAttempt(run.claimed, logger),
      callOnCallback,
      instance,
      data,
      jobContext(run, store, logger, { tools })
    )
  return new Promise((returned, thrown) => run.begin({ perform, returned, thrown }))
}

function callOnCallback(instance: AbstractJob<unknown>, data: unknown, context: JobContext): unknown {
  return instance.onCallback ? instance.onCallback(data, context) : data
}

/** What only an attempt may do, which holds the job by its claim. Whoever does not await it finds it in the log. */
function refusingWork({ claimed }: Run, logger: Logger): ContextWork {
  const refusing = (what: string) => () => {
    const error = onlyInPerform(`${what}()`, claimed.identifier)
    logger.warn(`${describeJob(claimed)}: ${error.message}`)
    const refused = Promise.reject<never>(error)
    refused.catch(() => undefined)
    return refused
  }
  return {
    runTransaction: refusing("transaction"),
    openCallback: refusing("callback"),
    reporting: {
      progress: refusing("progress"),
      log: refusing("log"),
      touch: refusing("touch"),
      lastProgress: refusing("lastProgress"),
    },
  }
}
