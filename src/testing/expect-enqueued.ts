/** Asserts that a job was enqueued, and tells what was instead when it was not. */
import { AssertionError } from "node:assert"
import { inspect } from "node:util"
import type { JobClass } from "../modules/jobqueue/job/abstract-job"
import type { Job } from "../modules/jobqueue/job/job"
import { applicationContainer } from "../modules/jobqueue/lifecycle/application"
import { newestJobsOf } from "../modules/jobqueue/table/find-jobs"
import { engineOf, type Testable } from "./engine"
import { matches } from "./matches"

/**
 * What a job must be like: parts of it, compared deeply and leaving out what is not named (asymmetric matchers such as
 * `expect.any(String)` may stand anywhere), or a function that says so.
 */
export type JobMatcher<P> = PartialJob<P> | ((job: Job) => boolean)

type PartialJob<P> = { payload?: DeepPartial<P> } & Partial<Omit<Job, "payload">>

type DeepPartial<T> = T extends object ? { [K in keyof T]?: DeepPartial<T[K]> } : T

/** The newest ones: a test enqueues few. */
const LOOKED_AT = 1000
const SHOWN = 10

/**
 * The newest job of the class that matches, whatever became of it since.
 * @param container - default: the application's own
 * @throws AssertionError that lists the class's jobs when none matches
 *
 * @example
 * const job = await expectEnqueued(SendOrderToErp, { payload: { order_id: order.id }, queue: "orders" })
 */
export async function expectEnqueued<P>(
  job: JobClass<P>,
  matcher: JobMatcher<P> = {},
  container: Testable = applicationContainer()
): Promise<Job> {
  const jobs = await enqueuedJobs(job, container)
  const found = jobs.find((one) => isMatch(one, matcher))
  if (!found) {
    throw new AssertionError({
      message: `jobqueue: expected a job "${job.identifier}" that matches ${describe(matcher)}, found ${tell(jobs)}`,
      actual: jobs.map(({ payload }) => payload),
      expected: typeof matcher === "function" ? undefined : matcher.payload,
    })
  }
  return found
}

/** The opposite. @throws AssertionError that shows the job which matches */
export async function expectNotEnqueued<P>(
  job: JobClass<P>,
  matcher: JobMatcher<P> = {},
  container: Testable = applicationContainer()
): Promise<void> {
  const found = (await enqueuedJobs(job, container)).find((one) => isMatch(one, matcher))
  if (found) {
    throw new AssertionError({
      message: `jobqueue: expected no job "${job.identifier}" that matches ${describe(matcher)}, found ${tell([found])}`,
    })
  }
}

function enqueuedJobs(job: JobClass, container: Testable): Promise<Job[]> {
  return newestJobsOf(engineOf(container).database, job.identifier, LOOKED_AT)
}

function isMatch<P>(job: Job, matcher: JobMatcher<P>): boolean {
  return typeof matcher === "function" ? matcher(job) : matches(job, matcher)
}

function describe(matcher: unknown): string {
  return typeof matcher === "function" ? "the given function" : inspect(matcher, { depth: 10 })
}

function tell(jobs: readonly Job[]): string {
  const shown = jobs
    .slice(0, SHOWN)
    .map(({ id, state, queue, payload }) => `  #${id} ${state} in ${queue}: ${JSON.stringify(payload)}`)
  const more = jobs.length > SHOWN ? [`  and ${jobs.length - SHOWN} more`] : []
  return jobs.length === 0 ? "none at all" : `only:\n${[...shown, ...more].join("\n")}`
}
