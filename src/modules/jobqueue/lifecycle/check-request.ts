/** Before anything is written: a request's options, payload and queue, and the settings that result for its job. */
import { invalidEnqueue, payloadTooLarge, unknownIdentifier, unknownQueue, type Problem } from "../errors"
import type { JobClass } from "../job/abstract-job"
import { parseEnqueueOptions, type EnqueueOptions, type ParsedEnqueueOptions } from "../job/enqueue-options"
import { settingsOf } from "../job/job-class"
import { findJsonProblem } from "../job/json"
import { firstSettings, type JobSettings } from "../job/settings"
import { validate } from "../job/standard-schema"
import type { ParsedOptions } from "../options"
import type { RegisteredIdentifier } from "../table/identifiers"
import type { Catalog } from "./catalog"

/** One job as the caller asked for it. */
export interface JobRequest extends EnqueueOptions {
  payload: unknown
}

/** A request whose options are parsed and whose payload may be stored. */
export interface CheckedRequest {
  identifier: string
  payload: unknown
  options: ParsedEnqueueOptions
  queue: string
  settings: Required<JobSettings>
  keep: boolean
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

  constructor(options: ParsedOptions, catalog: Catalog) {
    this.#options = options
    this.#catalog = catalog
  }

  /** @throws MedusaError for the first request that is not valid */
  async check(target: JobClass | string, requests: readonly JobRequest[]): Promise<CheckedRequest[]> {
    const identifier = typeof target === "string" ? target : target.identifier
    const job = this.#catalog.classOf(target)
    const registered = job ? undefined : await this.#catalog.registered(identifier)
    const place = (index: number) => (requests.length > 1 ? `requests[${index}].` : "")
    return Promise.all(
      requests.map((request, index) => this.#checkOne({ identifier, job, registered }, request, place(index)))
    )
  }

  /** @param place - which of several requests it is, put before the path of each problem */
  async #checkOne(
    subject: Subject,
    { payload, ...asked }: JobRequest,
    place: string
  ): Promise<CheckedRequest> {
    const { identifier, job, registered } = subject
    const parsed = parseEnqueueOptions(asked)
    const problems = parsed.problems ?? (await payloadProblems(job, payload))
    if (problems.length > 0 || parsed.problems) {
      throw invalidEnqueue(
        identifier,
        problems.map(({ path, message }) => ({ path: place + path, message }))
      )
    }
    this.#checkSize(identifier, payload)
    const { options } = parsed
    const queue = await this.#queueOf(subject, options)
    const ofClass = job ? settingsOf(job) : registered
    const settings = firstSettings([options, ofClass, this.#options.queues[queue], this.#options])
    return { identifier, payload, options, queue, settings, keep: options.keep ?? job?.keep ?? true }
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

  #checkSize(identifier: string, payload: unknown): void {
    const bytes = Buffer.byteLength(JSON.stringify(payload))
    if (bytes > this.#options.maxPayloadBytes) {
      throw payloadTooLarge(identifier, bytes, this.#options.maxPayloadBytes)
    }
  }
}

async function payloadProblems(job: JobClass | undefined, payload: unknown): Promise<Problem[]> {
  const problem = findJsonProblem(payload, "payload")
  return problem ? [problem] : ((await validate(job?.schema, payload)).problems ?? [])
}
