/** The unique key that a job class gives its jobs where the call says nothing of one. */
import type { Problem } from "../errors/problem"
import type { JobClass } from "../job/abstract-job"
import type { EnqueueOptions, ParsedEnqueueOptions } from "../job/enqueue-options"
import { recordThrown } from "../job/thrown"

/** What the call says, with the class's key of this payload. @throws whatever the class's function throws */
export function withClassUnique(job: JobClass, asked: EnqueueOptions, payload: unknown): EnqueueOptions {
  if (!job.unique || asked.unique !== undefined) {
    return asked
  }
  const key = job.unique.key(payload)
  return key === null || key === undefined ? asked : { ...asked, unique: { ...job.unique, key } }
}

export function keyProblem(thrown: unknown): Problem {
  return { path: "unique.key", message: `the class's function threw: ${recordThrown(thrown).message}` }
}

/** A job that keeps nothing is not there any more when it has completed. */
export function keepProblem({ unique }: ParsedEnqueueOptions, keep: boolean): Problem | undefined {
  const asksForCompleted = unique?.within !== undefined || unique?.while?.includes("completed")
  return asksForCompleted && !keep
    ? {
        path: "unique",
        message:
          "a job that is not kept can't hold its key once it has completed; leave `keep` out, or `within`",
      }
    : undefined
}
