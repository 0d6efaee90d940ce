/** What `perform` is given. The container's scope and the signal are made at first use: most jobs need neither. */
import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { asValue } from "@medusajs/framework/awilix"
import type { Callback, JobContext } from "../job/context"
import type { Job } from "../job/job"
import type { Store, StoreContext } from "../job/store-context"
import type { ClaimedJob } from "../table/claimed-job"
import { applicationContainer } from "./application"
import type { Run } from "./run"

/** The registration of the job's store in its own scope of the container. */
const CURRENT_STORE = "currentStore"

/** What the context asks of whoever runs the job. */
export interface ContextWork {
  runTransaction: JobContext["transaction"]
  openCallback: JobContext["callback"]
  readonly reporting: Pick<JobContext, "progress" | "log" | "touch" | "lastProgress">
}

/** What is asked for by few jobs is made when it is asked for. */
class Context implements JobContext {
  readonly store: Store | null
  readonly #run: Run
  readonly #rootLogger: Logger
  readonly #performing: { readonly tools: ContextWork }
  #container: MedusaContainer | undefined
  #logger: Logger | undefined

  constructor(run: Run, store: Store | null, logger: Logger, performing: { readonly tools: ContextWork }) {
    this.#run = run
    this.store = store
    this.#rootLogger = logger
    this.#performing = performing
  }

  /** An arrow function, so that it may be taken out of the context; made when it is asked for. */
  get transaction(): JobContext["transaction"] {
    return (work) => this.#performing.tools.runTransaction(work)
  }

  get callback(): () => Promise<Callback> {
    return () => this.#performing.tools.openCallback()
  }

  get progress(): JobContext["progress"] {
    return this.#performing.tools.reporting.progress
  }

  get log(): JobContext["log"] {
    return this.#performing.tools.reporting.log
  }

  get touch(): JobContext["touch"] {
    return this.#performing.tools.reporting.touch
  }

  get lastProgress(): JobContext["lastProgress"] {
    return this.#performing.tools.reporting.lastProgress
  }

  get job(): Job {
    return this.#run.claimed.job
  }

  get context(): StoreContext {
    return this.job.context
  }

  get attempt(): number {
    return this.#run.claimed.attempt
  }

  get maxAttempts(): number {
    return this.#run.claimed.maxAttempts
  }

  get container(): MedusaContainer {
    return (this.#container ??= scopeFor(this.store))
  }

  get signal(): AbortSignal {
    return this.#run.signal
  }

  get logger(): Logger {
    return (this.#logger ??= loggerFor(this.#run.claimed, this.#rootLogger))
  }
}

export function jobContext(
  run: Run,
  store: Store | null,
  logger: Logger,
  performing: { readonly tools: ContextWork }
): JobContext {
  return new Context(run, store, logger, performing)
}

export type Named = Pick<ClaimedJob, "identifier" | "queue" | "attempt"> & { id: number | string }

/** How a log line names a job. */
export function describeJob({ id, identifier, queue, attempt }: Named): string {
  return `[jobqueue] ${identifier} #${id} (queue ${queue}, attempt ${attempt})`
}

export function scopeFor(store: Store | null): MedusaContainer {
  const scope = applicationContainer().createScope() as MedusaContainer
  scope.register(CURRENT_STORE, asValue(store))
  return scope
}

/** Medusa's logger with the job's name before each message; its other methods are left as they are. */
export function loggerFor(job: Named, logger: Logger): Logger {
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
