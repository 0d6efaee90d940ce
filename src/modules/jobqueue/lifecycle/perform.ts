/**
 * Perform: the third step. Runs the job's code in its store context and says what came of it. Whatever the job
 * does, there is one settlement. Nothing is awaited that is known already: at 50,000 jobs a second each promise costs.
 */
import type { Logger } from "@medusajs/framework/types"
import type { AbstractJob, JobClass, JobContext } from "../job/abstract-job"
import type { JobRegistry } from "../job/registry"
import { validate, type Validation } from "../job/standard-schema"
import type { Store } from "../job/store-context"
import type { ClaimedJob } from "../table/claimed-job"
import type { Conclusion, Settlement } from "../table/settle"
import { hasQuery } from "./application"
import { conclude, concludeFault, concludeThrown, concludeUnperformable } from "./conclude"
import { asCurrentJob } from "./current-job"
import { jobContext } from "./job-context"
import type { Run, Work } from "./run"
import type { StoreCache } from "./store-cache"

export interface PerformDependencies {
  registry: JobRegistry
  stores: StoreCache<Store>
  logger: Logger
  /** `host:pid`, kept with each failed attempt. */
  worker: string
  /** The largest result in bytes of JSON. */
  maxResultBytes: number
}

/** A job that can't begin: it is set aside with the reason, its payload untouched. */
class Unperformable extends Error {}

/** The shop's database did not answer before the job's code began: no fault of the job. */
class SystemFault extends Error {}

interface Prepared {
  instance: AbstractJob<unknown>
  store: Store | null
}

/** Performs the run's job; `onEnd` gets its settlement, once. */
export function perform(run: Run, deps: PerformDependencies, onEnd: (settlement: Settlement) => void): void {
  const performing = new Performing(run, deps, onEnd)
  try {
    const prepared = prepare(run.claimed, deps)
    if (prepared instanceof Promise) {
      prepared.then(
        (ready) => performing.begin(ready),
        (reason: unknown) => performing.refuse(reason)
      )
    } else {
      performing.begin(prepared)
    }
  } catch (reason) {
    performing.refuse(reason)
  }
}

/** An object and no closures: there is one for each job. */
class Performing implements Work {
  readonly #run: Run
  readonly #deps: PerformDependencies
  readonly #onEnd: (settlement: Settlement) => void
  #prepared: Prepared | undefined

  constructor(run: Run, deps: PerformDependencies, onEnd: (settlement: Settlement) => void) {
    this.#run = run
    this.#deps = deps
    this.#onEnd = onEnd
  }

  begin(prepared: Prepared): void {
    this.#prepared = prepared
    this.#run.begin(this)
  }

  perform(): unknown {
    const { instance, store } = this.#prepared as Prepared
    const context = jobContext(this.#run, store, this.#deps.logger)
    return asCurrentJob(this.#run.claimed, callPerform, instance, context)
  }

  returned(value: unknown): void {
    this.#end(concludeReturned(this.#run, value, this.#deps))
  }

  thrown(reason: unknown): void {
    this.#end(concludeThrown(this.#run, reason))
  }

  refuse(reason: unknown): void {
    this.#end(concludeUnbegun(this.#run, reason))
  }

  #end(conclusion: Conclusion): void {
    const { id, claim, keep, attempt } = this.#run.claimed
    this.#onEnd({ id, claim, keep, attempt, worker: this.#deps.worker, conclusion })
  }
}

function callPerform(instance: AbstractJob<unknown>, context: JobContext): unknown {
  return instance.perform(context)
}

/** An outcome with a wrong duration counts as the job's error. */
function concludeReturned(run: Run, value: unknown, deps: PerformDependencies): Conclusion {
  try {
    return conclude(run, value, deps)
  } catch (error) {
    return concludeThrown(run, error)
  }
}

function concludeUnbegun(run: Run, reason: unknown): Conclusion {
  if (reason instanceof Unperformable) {
    return concludeUnperformable(reason.message)
  }
  return reason instanceof SystemFault ? concludeFault(run, reason.cause) : concludeThrown(run, reason)
}

function prepare(
  claimed: ClaimedJob,
  { registry, stores }: PerformDependencies
): Prepared | Promise<Prepared> {
  const jobClass = registry.get(claimed.identifier)
  if (!jobClass) {
    throw new Unperformable(`this process no longer knows a job class "${claimed.identifier}"`)
  }
  const validation = validate(jobClass.schema, claimed.payload())
  const store = storeOf(claimed.storeId, stores)
  if (validation instanceof Promise || store instanceof Promise) {
    return Promise.all([validation, store]).then((both) => prepared(claimed, jobClass, ...both))
  }
  return prepared(claimed, jobClass, validation, store)
}

function prepared(
  { id, name, storeId }: Pick<ClaimedJob, "id" | "name" | "storeId">,
  jobClass: JobClass,
  validation: Validation,
  store: Store | null | undefined
): Prepared {
  if (validation.problems) {
    const problems = validation.problems.map(({ path, message }) => `${path}: ${message}`).join("; ")
    throw new Unperformable(`its stored payload is not valid for the class's schema: ${problems}`)
  }
  if (store === undefined) {
    throw new Unperformable(`its store ${storeId} no longer exists`)
  }
  const instance: AbstractJob<unknown> = new jobClass(validation.value)
  instance.id = String(id)
  instance.setName(name)
  return { instance, store }
}

/** Undefined for a store that no longer exists. */
function storeOf(
  id: string | null,
  stores: StoreCache<Store>
): Store | null | undefined | Promise<Store | undefined> {
  if (id === null || !hasQuery()) {
    return null
  }
  return (
    stores.known(id) ??
    stores.byId(id).catch((cause: unknown) => {
      throw new SystemFault("the stores could not be read", { cause })
    })
  )
}
