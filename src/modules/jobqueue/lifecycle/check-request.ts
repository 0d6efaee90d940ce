/** Before anything is written: a request's options, payload and queue, and the settings that result for its job. */
import { invalidEnqueue, payloadTooLarge, unknownIdentifier, unknownQueue } from "../errors/enqueue"
import type { Problem } from "../errors/problem"
import type { JobClass } from "../job/abstract-job"
import { parseEnqueueOptions, type EnqueueOptions, type ParsedEnqueueOptions } from "../job/enqueue-options"
import { settingsOf } from "../job/job-class"
import { findJsonProblem, isPlainJson } from "../job/json"
import type { EnqueueRequest } from "../job/middleware"
import { firstSettings, type JobSettings } from "../job/settings"
import { hideInProblems } from "../job/redact"
import { validate, type Validation } from "../job/standard-schema"
import type { ParsedOptions } from "../options"
import type { RegisteredIdentifier } from "../table/identifiers"
import type { Catalog } from "./catalog"
import { keepProblem, keyProblem, withClassUnique } from "./class-unique"

/** One job as the caller asked for it. */
export type JobRequest = EnqueueRequest

/** What the options, the class and the queue together say; requests without options share it. */
interface Decided {
  options: ParsedEnqueueOptions
  queue: string
  settings: Required<JobSettings>
  keep: boolean
  nameTemplate: string | undefined
  /** Paths of what is hidden wherever the job is shown. */
  redact: readonly string[]
  /** True when the request says nothing but its payload. */
  isPlain: boolean
}

/** A request whose options are parsed and whose payload may be stored. */
export interface CheckedRequest {
  identifier: string
  payload: unknown
  /** The payload as JSON. */
  payloadText: string
  decided: Decided
}

/** What is known of the job class that all requests of a call are for. */
interface Subject {
  identifier: string
  /** Of this process. */
  job: JobClass | undefined
  /** What another process registered, when this one has no class. */
  registered: RegisteredIdentifier | undefined
}

export class RequestChecker {
  readonly #options: ParsedOptions
  readonly #catalog: Catalog
  /** What holds for requests of a class that say nothing but their payload. */
  readonly #plain = new WeakMap<JobClass, Decided>()

  constructor(options: ParsedOptions, catalog: Catalog) {
    this.#options = options
    this.#catalog = catalog
  }

  /** @throws MedusaError for the first request that is not valid */
  async check(target: JobClass | string, requests: readonly JobRequest[]): Promise<CheckedRequest[]> {
    const identifier = typeof target === "string" ? target : target.identifier
    const job = this.#catalog.classOf(target)
    const registered = job ? undefined : await this.#catalog.registered(identifier)
    const subject = { identifier, job, registered }
    const place = (index: number) => (requests.length > 1 ? `requests[${index}].` : "")
    let plain = job && this.#plain.get(job)
    const checked: CheckedRequest[] = []
    for (const [index, request] of requests.entries()) {
      const { payload, ...said } = request
      const found = payloadProblems(job, payload)
      const problems = found instanceof Promise ? await found : found
      if (problems.length > 0) {
        throw invalid(identifier, problems, place(index))
      }
      const asked = job?.unique ? unique(job, said, payload, place(index)) : said
      const decided = isPlain(asked)
        ? (plain ??= await this.#decidePlain(subject))
        : await this.#decide(subject, parseOptions(identifier, asked, place(index)), place(index))
      checked.push({ identifier, payload, payloadText: this.#toText(identifier, payload), decided })
    }
    return checked
  }

  async #decidePlain(subject: Subject): Promise<Decided> {
    const decided = { ...(await this.#decide(subject, {})), isPlain: true }
    if (subject.job) {
      this.#plain.set(subject.job, decided)
    }
    return decided
  }

  async #decide(subject: Subject, options: ParsedEnqueueOptions, place = ""): Promise<Decided> {
    const { job, registered } = subject
    const queue = await this.#queueOf(subject, options)
    const ofClass = job ? settingsOf(job) : registered
    const settings = firstSettings([options, ofClass, this.#options.queues[queue], this.#options])
    const { nameTemplate, redact } = job ?? registered ?? {}
    const keep = options.keep ?? job?.keep ?? true
    const problem = keepProblem(options, keep)
    if (problem) {
      throw invalid(subject.identifier, [problem], place)
    }
    return {
      options,
      queue,
      settings,
      keep,
      nameTemplate: nameTemplate ?? undefined,
      redact: redact ?? [],
      isPlain: false,
    }
  }

  async #queueOf({ identifier, job, registered }: Subject, options: ParsedEnqueueOptions): Promise<string> {
    if (!job && !registered && options.queue === undefined) {
      throw unknownIdentifier(identifier, await this.#catalog.identifiers())
    }
    const queue = options.queue ?? job?.queue ?? registered?.queue ?? this.#options.defaultQueue
    const known = await this.#catalog.queuesFor(queue)
    // A class may be enqueued before it is registered anywhere: what it names itself is known.
    if (!known.includes(queue) && queue !== job?.queue) {
      throw unknownQueue(queue, known)
    }
    return queue
  }

  /** A character takes at most three bytes as UTF-8, so most payloads need not be measured. */
  #toText(identifier: string, payload: unknown): string {
    const text = JSON.stringify(payload)
    const { maxPayloadBytes } = this.#options
    const bytes = text.length * 3 > maxPayloadBytes ? Buffer.byteLength(text) : 0
    if (bytes > maxPayloadBytes) {
      throw payloadTooLarge(identifier, bytes, maxPayloadBytes)
    }
    return text
  }
}

/** True for a request that says nothing but its payload. */
function isPlain(asked: EnqueueOptions): boolean {
  return Object.keys(asked).length === 0
}

function parseOptions(identifier: string, asked: EnqueueOptions, place: string): ParsedEnqueueOptions {
  const parsed = parseEnqueueOptions(asked)
  if (parsed.problems) {
    throw invalid(identifier, parsed.problems, place)
  }
  return parsed.options
}

function unique(job: JobClass, said: EnqueueOptions, payload: unknown, place: string): EnqueueOptions {
  try {
    return withClassUnique(job, said, payload)
  } catch (error) {
    throw invalid(job.identifier, [keyProblem(error)], place)
  }
}

/** Nothing is awaited that is known already. */
function payloadProblems(
  job: JobClass | undefined,
  payload: unknown
): readonly Problem[] | Promise<readonly Problem[]> {
  if (payload === undefined) {
    return [{ path: "payload", message: "is missing; a job without data takes {}" }]
  }
  const problem = isPlainJson(payload) ? undefined : findJsonProblem(payload, "payload")
  if (problem) {
    return [problem]
  }
  const validation = validate(job?.schema, payload)
  return validation instanceof Promise
    ? validation.then((awaited) => problemsOf(awaited, job, payload))
    : problemsOf(validation, job, payload)
}

function problemsOf(
  { problems }: Validation,
  job: JobClass | undefined,
  payload: unknown
): readonly Problem[] {
  return problems ? hideInProblems(problems, payload, job?.redact) : NO_PROBLEMS
}

const NO_PROBLEMS: readonly Problem[] = []

/** @param place - which of several requests it is, put before the path of each problem */
function invalid(identifier: string, problems: readonly Problem[], place: string): Error {
  return invalidEnqueue(
    identifier,
    problems.map(({ path, message }) => ({ path: place + path, message }))
  )
}
