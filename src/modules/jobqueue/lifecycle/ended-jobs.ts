/** Jobs that ended without being performed here: read once more, and their hooks run on instances made for that. */
import type { AbstractJob, JobClass } from "../job/abstract-job"
import type { Job } from "../job/job"
import type { RegisteredClasses } from "../job/registry"
import { validate } from "../job/standard-schema"
import type { Store } from "../job/store-context"
import type { Sql } from "../table/database"
import { findJobs } from "../table/find-jobs"
import { AfterContext } from "./after-context"
import { asCurrentJob } from "./current-job"
import { describe, hasAfterHooks, runHooks } from "./hooks"
import { loggerFor, scopeFor } from "./job-context"
import { storeOf, Unperformable } from "./prepare"
import { besideAttempt } from "./log-outcome"
import { safely, type SafetyLimits } from "./safely"
import type { StoreCache } from "./store-cache"

export interface EndedJobsDependencies extends SafetyLimits {
  registry: RegisteredClasses
  stores: StoreCache<Store>
  database: Sql
}

export class EndedJobs {
  readonly #deps: EndedJobsDependencies

  constructor(deps: EndedJobsDependencies) {
    this.#deps = deps
  }

  /** Those that are still there, as they are now. */
  async read(ids: readonly number[]): Promise<Job[]> {
    const reading = () => findJobs(this.#deps.database, ids)
    const what = `[jobqueue] reading ${ids.length} jobs that ended, for their events and hooks`
    return (await safely(what, this.#deps, reading)) ?? []
  }

  classOf({ identifier }: Job): JobClass | undefined {
    return this.#deps.registry.get(identifier)
  }

  /** Nothing where this process does not know the class. Never rejects. */
  async runHooks(job: Job): Promise<void> {
    const jobClass = this.classOf(job)
    if (!jobClass || !hasAfterHooks(jobClass)) {
      return
    }
    const what = `${describe(job, job.attempts)}: making an instance for its hooks`
    const made = await safely(what, this.#deps, () => this.#make(jobClass, job))
    if (made) {
      const { state, result, reason } = job
      const ending = { state, result: result ?? undefined, error: new Error(reason ?? "the job failed") }
      const holder = besideAttempt({ ...job, attempt: job.attempts, job }, this.#deps.logger)
      await asCurrentJob(holder, runHooks, made.instance, ending, made.context, this.#deps)
    }
  }

  async #make(jobClass: JobClass, job: Job) {
    const { stores, logger } = this.#deps
    const validation = await validate(jobClass.schema, job.payload)
    if (validation.problems) {
      throw new Unperformable(
        `its payload is not valid: ${validation.problems.map(({ message }) => message).join("; ")}`
      )
    }
    const store = (await storeOf(job.store_id, stores)) ?? null
    const instance: AbstractJob<unknown> = new jobClass(validation.value)
    instance.id = job.id
    instance.setName(job.name)
    return { instance, context: new AfterContext(job, job.attempts, surroundings(job, store, logger)) }
  }
}

function surroundings(job: Job, store: Store | null, rootLogger: SafetyLimits["logger"]) {
  const scope = () => scopeFor(store)
  let container: ReturnType<typeof scope> | undefined
  return {
    store,
    logger: loggerFor({ ...job, attempt: job.attempts }, rootLogger),
    get container() {
      return (container ??= scope())
    },
  }
}
