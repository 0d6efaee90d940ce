/**
 * The job that is being performed right now, for what it calls: a job enqueued by a job inherits its store, and what
 * goes astray in a job is told to it.
 */
import { AsyncLocalStorage } from "node:async_hooks"
import type { Job } from "../job/job"

const KEY = Symbol.for("medusa-plugin-jobqueue.current-job")

/** What goes astray: a rejection that nobody handles, a process warning. */
export type StrayKind = "rejection" | "warning"

/** Whatever can tell the job; it is decoded only when somebody asks. */
export interface Holder {
  readonly job: Job
  /** Never throws. */
  onStray: (kind: StrayKind, reason: unknown) => void
}

/** One per process, also when two copies of this package are loaded. */
function storage(): AsyncLocalStorage<Holder | undefined> {
  const holder = globalThis as { [KEY]?: AsyncLocalStorage<Holder | undefined> }
  holder[KEY] ??= new AsyncLocalStorage<Holder | undefined>()
  return holder[KEY]
}

export function currentJob(): Job | undefined {
  return storage().getStore()?.job
}

/** Tells the job in whose async context this is called. False when there is none. */
export function tellCurrentJob(kind: StrayKind, reason: unknown): boolean {
  const holder = storage().getStore()
  holder?.onStray(kind, reason)
  return holder !== undefined
}

export function asCurrentJob<A extends unknown[], T>(
  holder: Holder,
  work: (...given: A) => T,
  ...given: A
): T {
  return storage().run(holder, work, ...given)
}

/** For what is none of its business: whoever hears of a job's end is not part of that job. */
export function asNoJob<T>(work: () => T): T {
  return storage().run(undefined, work)
}
