/**
 * Perform: the third step. Runs the job's code in its store context and says what came of it. It never
 * throws: whatever the job does, there is a settlement.
 */
import type { Logger } from "@medusajs/framework/types"
import type { AbstractJob, JobClass } from "../job/abstract-job"
import type { Job } from "../job/job"
import type { JobRegistry } from "../job/registry"
import { validate } from "../job/standard-schema"
import type { Store } from "../job/store-context"
import type { Settlement } from "../table/settle"
import { hasQuery } from "./application"
import { conclude, concludeFault, concludeThrown, concludeUnperformable, type Conclusion } from "./conclude"
import { asCurrentJob } from "./current-job"
import { jobContext } from "./job-context"
import type { Run } from "./run"
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

export async function perform(run: Run, deps: PerformDependencies): Promise<Settlement> {
  const conclusion = await concludeRun(run, deps)
  const { id, claim, keep, job } = run.claimed
  return { id, claim, keep, attempt: job.attempts, worker: deps.worker, ...conclusion }
}

async function concludeRun(run: Run, deps: PerformDependencies): Promise<Conclusion> {
  try {
    const { instance, store } = await prepare(run, deps)
    const context = jobContext(run, store, deps.logger)
    const result = await run.follow(() =>
      asCurrentJob(run.claimed.job, async () => instance.perform(context))
    )
    return conclude(run, result, deps)
  } catch (thrown) {
    if (thrown instanceof Unperformable) {
      return concludeUnperformable(thrown.message)
    }
    return thrown instanceof SystemFault ? concludeFault(run, thrown.cause) : concludeThrown(run, thrown)
  }
}

async function prepare(
  run: Run,
  { registry, stores }: PerformDependencies
): Promise<{ instance: AbstractJob<unknown>; store: Store | null }> {
  const { job } = run.claimed
  const jobClass = registry.get(job.identifier)
  if (!jobClass) {
    throw new Unperformable(`this process no longer knows a job class "${job.identifier}"`)
  }
  const payload = await checkedPayload(jobClass, job.payload)
  const store = await storeOf(job, stores)
  const instance: AbstractJob<unknown> = new jobClass(payload)
  instance.id = job.id
  instance.setName(job.name)
  return { instance, store }
}

async function checkedPayload(jobClass: JobClass, payload: unknown): Promise<unknown> {
  const validation = await validate(jobClass.schema, payload)
  if (validation.problems) {
    const problems = validation.problems.map(({ path, message }) => `${path}: ${message}`).join("; ")
    throw new Unperformable(`its stored payload is not valid for the class's schema: ${problems}`)
  }
  return validation.value
}

async function storeOf({ store_id: id }: Job, stores: StoreCache<Store>): Promise<Store | null> {
  if (id === null || !hasQuery()) {
    return null
  }
  const store = await stores.byId(id).catch((cause: unknown) => {
    throw new SystemFault("the stores could not be read", { cause })
  })
  if (!store) {
    throw new Unperformable(`its store ${id} no longer exists`)
  }
  return store
}
