/** The job that is being performed right now, for what it calls: a job enqueued by a job inherits its store. */
import { AsyncLocalStorage } from "node:async_hooks"
import type { Job } from "../job/job"

const KEY = Symbol.for("medusa-plugin-jobqueue.current-job")

/** Whatever can tell the job; it is decoded only when somebody asks. */
interface Holder {
  readonly job: Job
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
