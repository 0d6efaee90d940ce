/** The hook `onEnqueue`: before a job is written, its class may change the options. */
import type { AbstractJob, JobClass } from "../job/abstract-job"
import { INSTANCE, parseEnqueueOptions, type EnqueueOptions } from "../job/enqueue-options"
import type { EnqueueRequest } from "../job/middleware"
import { safely, type SafetyLimits } from "./safely"

type Instance = AbstractJob<unknown>
type Asked = EnqueueRequest & { [INSTANCE]?: Instance }

/** False for most: then there is nothing to wait for. */
export function hasEnqueueHook(job: JobClass | undefined, requests: readonly EnqueueRequest[]): boolean {
  return (
    (typeof job?.prototype === "object" && "onEnqueue" in (job.prototype as object)) ||
    requests.some((request) => INSTANCE in request)
  )
}

/** The requests as the hooks of their instances leave them. A hook that fails changes nothing. */
export function callEnqueueHooks(
  job: JobClass | undefined,
  requests: readonly EnqueueRequest[],
  limits: SafetyLimits
): Promise<EnqueueRequest[]> {
  return Promise.all(requests.map((request) => callHook(job, request, limits)))
}

async function callHook(
  job: JobClass | undefined,
  { payload, [INSTANCE]: given, ...options }: Asked,
  limits: SafetyLimits
): Promise<EnqueueRequest> {
  const what = `[jobqueue] the hook onEnqueue of ${(job ?? (given?.constructor as JobClass)).identifier}`
  const changes = await safely(what, limits, () => {
    const instance = given?.payload === payload ? given : job && new job(payload)
    return instance?.onEnqueue?.(options)
  })
  return { ...withChanges(what, options, changes, limits), payload }
}

function withChanges(
  what: string,
  options: EnqueueOptions,
  changes: unknown,
  { logger }: SafetyLimits
): EnqueueOptions {
  if (changes === undefined) {
    return options
  }
  const changed = { ...options, ...(changes as EnqueueOptions) }
  const problems =
    typeof changes === "object" ? problemsOf(changed) : [`expected options, got ${typeof changes}`]
  // Those that the caller brought are the caller's error, not the hook's.
  if (problems.length > 0 && problemsOf(options).length === 0) {
    logger.error(
      `${what} returned what is no valid change of the options, so nothing is changed: ${problems.join("; ")}`
    )
    return options
  }
  return changed
}

function problemsOf(options: EnqueueOptions): string[] {
  const { problems = [] } = parseEnqueueOptions(options)
  return problems.map(({ path, message }) => `${path}: ${message}`)
}
