/**
 * What the generated methods of the service show of jobs (`query.graph` calls them) is hidden as everywhere: they are
 * wrapped here, because the compiler takes them for properties, which a class can't override by methods.
 */
import { redact } from "../job/redact"

/** Tells what is hidden in the jobs of an identifier. */
export type Secrets = (identifier: string) => readonly string[]

/** Any part of a job that somebody asked for. */
interface ShownJob {
  identifier?: string
  payload?: unknown
  result?: unknown
}

interface ReadConfig {
  select?: string[]
}

type ReadMethod = (this: object, which: unknown, config?: ReadConfig, ...rest: unknown[]) => Promise<unknown>

const SECRET_FIELDS = /^(payload|result)\b/

const METHODS = ["retrieveJobqueueJob", "listJobqueueJobs", "listAndCountJobqueueJobs"]

/** @param secretsOf - asked at every call, of the service that is called */
export function hideSecretsOf(prototype: object, secretsOf: (service: object) => Promise<Secrets>): void {
  const methods = prototype as Record<string, ReadMethod>
  for (const name of METHODS) {
    const read = methods[name]
    methods[name] = async function (which, config, ...rest) {
      const shown = await read.call(this, which, withIdentifier(config), ...rest)
      return hideIn(shown, await secretsOf(this))
    }
  }
}

/** Without it, nobody knows what is secret. */
function withIdentifier(config?: ReadConfig): ReadConfig | undefined {
  const { select } = config ?? {}
  return select?.some((field) => SECRET_FIELDS.test(field))
    ? { ...config, select: [...new Set([...select, "identifier"])] }
    : config
}

/** A job, a list of jobs, or a list and its count. */
function hideIn(shown: unknown, secrets: Secrets): unknown {
  if (Array.isArray(shown)) {
    return shown.map((one: unknown) => hideIn(one, secrets))
  }
  return typeof shown === "object" && shown !== null ? hideInJob(shown, secrets) : shown
}

/** A copy without what its class hides. */
export function hideInJob<J extends ShownJob>(job: J, secrets: Secrets): J {
  const paths = job.identifier === undefined ? [] : secrets(job.identifier)
  if (paths.length === 0) {
    return job
  }
  return {
    ...job,
    ...("payload" in job ? { payload: redact(job.payload, paths) } : {}),
    ...("result" in job ? { result: redact(job.result, paths) } : {}),
  }
}
