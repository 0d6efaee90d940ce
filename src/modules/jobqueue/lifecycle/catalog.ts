/**
 * What can be enqueued and where: the job classes of this process, the identifiers that any process ever
 * registered, and the queues that somebody configured or named in a class.
 */
import type { JobClass } from "../job/abstract-job"
import { checkJobClass, settingsOf } from "../job/job-class"
import type { RegisteredClasses } from "../job/registry"
import { firstSettings, JobPriority } from "../job/settings"
import { toMilliseconds } from "../job/duration"
import type { ParsedOptions } from "../options"
import type { Sql } from "../table/database"
import { listIdentifiers, registerIdentifiers, type RegisteredIdentifier } from "../table/identifiers"

/** How long the registrations of other processes are believed; a miss reads them again at once. */
const FRESH_MILLISECONDS = 5000

export class Catalog {
  readonly #registry: RegisteredClasses
  readonly #options: ParsedOptions
  readonly #sql: Sql
  #reading: { at: number; rows: Map<string, RegisteredIdentifier> } = { at: -Infinity, rows: new Map() }

  constructor(registry: RegisteredClasses, options: ParsedOptions, sql: Sql) {
    this.#registry = registry
    this.#options = options
    this.#sql = sql
  }

  /**
   * The class that a caller named, or that stands for an identifier here; undefined when no class here does.
   * @throws MedusaError when a class that was never registered is not valid
   */
  classOf(target: JobClass | string): JobClass | undefined {
    if (typeof target === "string") {
      return this.#registry.get(target)
    }
    if (this.#registry.get(target.identifier) !== target) {
      checkJobClass(target, `class ${target.name}`)
    }
    return target
  }

  /** The identifiers that this process can perform. */
  known(): string[] {
    return this.#registry.identifiers()
  }

  /** Those that jobs are likely to have: of the scale, and whatever a class or an option says. */
  priorities(): number[] {
    const { queues } = this.#options
    const said = [this.#options, ...Object.values(queues), ...this.#registry.classes()]
    return [...new Set([...Object.values(JobPriority), ...said.flatMap(({ priority }) => priority ?? [])])]
  }

  /** Queues that this process knows without asking: configured, or named by a class of its own. */
  queues(): string[] {
    const { queues, defaultQueue } = this.#options
    const ofClasses = this.#registry.classes().flatMap(({ queue }) => queue ?? [])
    return [...new Set([defaultQueue, ...Object.keys(queues), ...ofClasses])]
  }

  /** All known queues; other processes' registrations are read only when `queue` is not among our own. */
  async queuesFor(queue: string): Promise<string[]> {
    const own = this.queues()
    if (own.includes(queue)) {
      return own
    }
    const rows = await this.#rows((known) => [...known.values()].some((row) => row.queue === queue))
    return [...new Set([...own, ...Array.from(rows.values(), (row) => row.queue)])]
  }

  /** What another process registered under an identifier that this one does not know. */
  async registered(identifier: string): Promise<RegisteredIdentifier | undefined> {
    return (await this.#rows((known) => known.has(identifier))).get(identifier)
  }

  /** Tells what is hidden in the jobs of an identifier: whatever this process or any other says of it. */
  async secrets(): Promise<(identifier: string) => readonly string[]> {
    const rows = await this.#rows(() => true)
    return (identifier) => [
      ...(this.#registry.get(identifier)?.redact ?? []),
      ...(rows.get(identifier)?.redact ?? []),
    ]
  }

  async identifiers(): Promise<string[]> {
    const rows = await this.#rows(() => true)
    return [...new Set([...this.known(), ...rows.keys()])]
  }

  /** Writes this process's classes, so that every process can enqueue them by identifier. */
  async publish(): Promise<void> {
    const rows = this.#registry.classes().map((job) => this.#describe(job))
    if (rows.length > 0) {
      await registerIdentifiers(this.#sql, rows)
    }
  }

  #describe(job: JobClass): RegisteredIdentifier {
    const queue = job.queue ?? this.#options.defaultQueue
    const settings = firstSettings([settingsOf(job), this.#options.queues[queue], this.#options])
    return {
      identifier: job.identifier,
      queue,
      ...settings,
      timeout: settings.timeout === null ? null : toMilliseconds(settings.timeout),
      nameTemplate: job.nameTemplate ?? null,
      redact: job.redact ?? [],
    }
  }

  /** The rows as known, unless they are old or `isEnough` misses something in them. */
  async #rows(
    isEnough: (rows: ReadonlyMap<string, RegisteredIdentifier>) => boolean
  ): Promise<ReadonlyMap<string, RegisteredIdentifier>> {
    const isFresh = performance.now() - this.#reading.at < FRESH_MILLISECONDS
    if (!isFresh || !isEnough(this.#reading.rows)) {
      const rows = await listIdentifiers(this.#sql)
      this.#reading = { at: performance.now(), rows: new Map(rows.map((row) => [row.identifier, row])) }
    }
    return this.#reading.rows
  }
}
