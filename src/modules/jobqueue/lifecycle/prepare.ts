/** Before a job's code can begin: its class, its payload checked again, its store as it is now. */
import type { AbstractJob, JobClass } from "../job/abstract-job"
import type { RegisteredClasses } from "../job/registry"
import { hideInProblems } from "../job/redact"
import { validate, type Validation } from "../job/standard-schema"
import type { Store } from "../job/store-context"
import type { ClaimedJob } from "../table/claimed-job"
import { hasQuery } from "./application"
import type { StoreCache } from "./store-cache"

export interface PrepareDependencies {
  registry: Pick<RegisteredClasses, "get" | "identifiers">
  stores: StoreCache<Store>
  /** The plugin's option; a class may say otherwise. */
  strict: boolean
}

/** A job that can't begin: it is set aside with the reason, its payload untouched. */
export class Unperformable extends Error {}

/** The shop's database did not answer before the job's code began: no fault of the job. */
export class SystemFault extends Error {}

export interface Prepared {
  instance: AbstractJob<unknown>
  store: Store | null
  /** Whether what goes astray fails the attempt. */
  isStrict: boolean
}

/** At once when everything is known already. @throws Unperformable; a promise rejects with it, or with SystemFault */
export function prepare(
  claimed: ClaimedJob,
  { registry, stores, strict }: PrepareDependencies
): Prepared | Promise<Prepared> {
  const jobClass = registry.get(claimed.identifier)
  if (!jobClass) {
    throw new Unperformable(`this process no longer knows a job class "${claimed.identifier}"`)
  }
  const validation = validate(jobClass.schema, claimed.payload())
  const store = storeOf(claimed.storeId, stores)
  if (validation instanceof Promise || store instanceof Promise) {
    return Promise.all([validation, store]).then((both) => prepared(claimed, jobClass, strict, ...both))
  }
  return prepared(claimed, jobClass, strict, validation, store)
}

function prepared(
  claimed: ClaimedJob,
  jobClass: JobClass,
  strict: boolean,
  validation: Validation,
  store: Store | null | undefined
): Prepared {
  const { id, name, storeId } = claimed
  if (validation.problems) {
    const hidden = hideInProblems(validation.problems, claimed.payload(), jobClass.redact)
    const problems = hidden.map(({ path, message }) => `${path}: ${message}`).join("; ")
    throw new Unperformable(`its stored payload is not valid for the class's schema: ${problems}`)
  }
  if (store === undefined) {
    throw new Unperformable(`its store ${storeId} no longer exists`)
  }
  const instance: AbstractJob<unknown> = new jobClass(validation.value)
  instance.id = String(id)
  instance.setName(name)
  return { instance, store, isStrict: jobClass.strict ?? strict }
}

/** Undefined for a store that no longer exists. */
export function storeOf(
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
