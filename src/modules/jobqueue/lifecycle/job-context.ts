/** What `perform` is given. The container's scope and the signal are made at first use: most jobs need neither. */
import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { asValue } from "@medusajs/framework/awilix"
import type { JobContext } from "../job/abstract-job"
import type { Job } from "../job/job"
import type { Store } from "../job/store-context"
import { applicationContainer } from "./application"
import type { Run } from "./run"

/** The registration of the job's store in its own scope of the container. */
const CURRENT_STORE = "currentStore"

export function jobContext(run: Run, store: Store | null, logger: Logger): JobContext {
  const { job } = run.claimed
  let scope: MedusaContainer | undefined
  let jobLogger: Logger | undefined
  return {
    job,
    store,
    context: job.context,
    attempt: job.attempts,
    maxAttempts: job.max_attempts,
    get container() {
      return (scope ??= scopeFor(store))
    },
    get signal() {
      return run.signal
    },
    get logger() {
      return (jobLogger ??= loggerFor(job, logger))
    },
  }
}

/** How a log line names a job. */
export function describeJob(job: Pick<Job, "id" | "identifier" | "queue" | "attempts">): string {
  return `[jobqueue] ${job.identifier} #${job.id} (queue ${job.queue}, attempt ${job.attempts})`
}

function scopeFor(store: Store | null): MedusaContainer {
  const scope = applicationContainer().createScope() as MedusaContainer
  scope.register(CURRENT_STORE, asValue(store))
  return scope
}

/** Medusa's logger with the job's name before each message; its other methods are left as they are. */
function loggerFor(job: Job, logger: Logger): Logger {
  const name = describeJob(job)
  const named = (method: "debug" | "info" | "warn") => (message: string) =>
    logger[method](`${name}: ${message}`)
  return Object.assign(Object.create(logger) as Logger, {
    debug: named("debug"),
    info: named("info"),
    warn: named("warn"),
    error: (message: string, error?: Error) => logger.error(`${name}: ${message}`, error),
  })
}
