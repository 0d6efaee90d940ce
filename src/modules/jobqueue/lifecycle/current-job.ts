/** The job that is being performed right now, for what it calls: a job enqueued by a job inherits its store. */
import { AsyncLocalStorage } from "node:async_hooks"
import type { Job } from "../job/job"

const KEY = Symbol.for("medusa-plugin-jobqueue.current-job")

/** One per process, also when two copies of this package are loaded. */
function storage(): AsyncLocalStorage<Job> {
  const holder = globalThis as { [KEY]?: AsyncLocalStorage<Job> }
  holder[KEY] ??= new AsyncLocalStorage<Job>()
  return holder[KEY]
}

export function currentJob(): Job | undefined {
  return storage().getStore()
}

export function asCurrentJob<T>(job: Job, work: () => T): T {
  return storage().run(job, work)
}
