/**
 * Perform before writing: `performImmediate` and `performNow`. The job runs now, in this process, in the context that an
 * enqueue would give it. Done, it leaves no row; `performImmediate` queues whatever else it comes to.
 */
import type { Logger } from "@medusajs/framework/types"
import type { QueueBackend } from "../backend/contract"
import { lostAttempt, notDone, unknownHere } from "../errors/perform"
import type { JobClass } from "../job/abstract-job"
import type {
  PerformedJob,
  PerformImmediateOptions,
  PerformNowOptions,
  QueuedJob,
  UnwrittenJob,
} from "../job/performed-job"
import { unwrittenJob } from "../table/unwritten-job"
import type { Database } from "../table/database"
import type { Afterwards } from "./afterwards"
import type { Catalog } from "./catalog"
import type { RequestChecker } from "./check-request"
import { factsOf, newJob } from "./job-of-request"
import type { StoreFinder } from "./find-store"
import {
  leavesNothing,
  refuseTimes,
  toQueued,
  toUnwritten,
  type Ending,
  type Unwritten,
} from "./immediate-job"
import { withoutRow } from "./without-row"
import { atMost, pause } from "./pause"
import { perform } from "./perform"
import type { PerformDependencies } from "./perform-dependencies"
import { ABORT_GRACE_MILLISECONDS, Run } from "./run"
import { StrayWatch } from "./stray-watch"

/** How often a failed attempt is sent to the database, and how long is waited in between. */
const WRITE_PAUSES = [200, 1000]

interface Dependencies {
  checker: RequestChecker
  storeFinder: StoreFinder
  catalog: Catalog
  database: Database
  backend: QueueBackend
  performing: PerformDependencies
  afterwards: Afterwards
  logger: Logger
  wake: (queues: readonly string[]) => void
}

export class ImmediatePerformer {
  readonly #deps: Dependencies
  readonly #strays = new StrayWatch()
  /** Until each has ended, and is queued if it must be. */
  readonly #running = new Map<Run, Promise<unknown>>()

  constructor(deps: Dependencies) {
    this.#deps = deps
  }

  /** @throws MedusaError when nothing was performed, or when the attempt could not be written */
  async performImmediate(
    target: JobClass | string,
    payload: unknown,
    { retryQueue, ...options }: PerformImmediateOptions
  ): Promise<PerformedJob> {
    const asked = retryQueue === undefined ? options : { ...options, queue: retryQueue }
    const unwritten = await this.#begin(target, payload, asked)
    return this.#track(unwritten, async () => {
      const ending = await this.#perform(unwritten, { isQuiet: false })
      const job = leavesNothing(ending)
        ? toUnwritten(unwritten, ending)
        : await this.#write(unwritten, ending)
      this.#tell(unwritten, ending)
      return job
    })
  }

  /** @throws what the job threw; MedusaError when nothing was performed, or when its outcome is not "done" */
  async performNow(
    target: JobClass | string,
    payload: unknown,
    options: PerformNowOptions
  ): Promise<UnwrittenJob> {
    const unwritten = await this.#begin(target, payload, options)
    const ending = await this.#track(unwritten, () => this.#perform(unwritten, { isQuiet: true }))
    if (leavesNothing(ending)) {
      this.#tell(unwritten, ending)
      return toUnwritten(unwritten, ending)
    }
    if (ending.thrown) {
      throw ending.thrown.reason
    }
    const { state, reason, error } = ending.settlement.conclusion
    throw notDone(unwritten.run.claimed.identifier, state, error?.message ?? reason)
  }

  /** Waits `grace` milliseconds for the jobs that run, and has the rest queued. */
  async drain(grace: number): Promise<void> {
    const ended = () => Promise.allSettled(this.#running.values())
    await atMost(grace, ended())
    this.#running.forEach((_, run) => run.abort("shutdown"))
    await atMost(ABORT_GRACE_MILLISECONDS, ended())
    this.#strays.stop()
  }

  /** All that an enqueue settles and checks before it writes. */
  async #begin(target: JobClass | string, payload: unknown, options: PerformNowOptions): Promise<Unwritten> {
    const { checker, storeFinder, catalog, database, backend } = this.#deps
    const identifier = typeof target === "string" ? target : target.identifier
    refuseTimes(identifier, options)
    const jobClass = catalog.classOf(target)
    if (!jobClass) {
      throw unknownHere(identifier, catalog.known())
    }
    const checked = await checker.check(target, [{ payload, ...options }])
    const [found] = await storeFinder.find(checked, database)
    const job = newJob(checked[0], factsOf(checked[0], found))
    const { id, at } = await backend.reserve()
    return { job, jobClass, startedAt: at, run: new Run(unwrittenJob(job, { id, at }), NOBODY) }
  }

  async #track<T>({ run }: Unwritten, work: () => Promise<T>): Promise<T> {
    const working = work()
    this.#running.set(run, working)
    try {
      return await working
    } finally {
      this.#running.delete(run)
    }
  }

  #perform({ run, jobClass }: Unwritten, { isQuiet }: { isQuiet: boolean }): Promise<Ending> {
    this.#strays.start()
    const registry = { get: () => jobClass, identifiers: () => [jobClass.identifier] }
    const deps = { ...this.#deps.performing, ...withoutRow(this.#deps), registry, isQuiet }
    return new Promise((resolve) => {
      perform(run, deps, (settlement, _, thrown) => {
        deps.reporter.close(run)
        resolve({ settlement, thrown })
      })
    })
  }

  /** Its hooks and its event, as of any other job whose outcome stands. */
  #tell({ run }: Unwritten, { settlement }: Ending): void {
    this.#deps.afterwards.settled(run, settlement, settlement.conclusion.state)
  }

  async #write(unwritten: Unwritten, ending: Ending): Promise<QueuedJob> {
    const { job, run, startedAt } = unwritten
    const { settlement } = ending
    const attempt = { startedAt, settlement }
    try {
      const written = await this.#send(() => this.#deps.backend.enqueuePerformed(job, attempt), run)
      if (settlement.conclusion.state === "pending") {
        this.#deps.wake([job.facts.queue])
      }
      return toQueued(unwritten, settlement.conclusion, written)
    } catch (problem) {
      const { state, error, reason } = settlement.conclusion
      const said = [state, error?.message ?? reason].filter(Boolean).join(": ")
      throw lostAttempt(job.facts.identifier, said, problem as Error, ending.thrown?.reason)
    }
  }

  /** It may be sent again: a blip of the database should not lose what it is there to keep. */
  async #send<T>(send: () => Promise<T>, { claimed }: Run): Promise<T> {
    for (const wait of WRITE_PAUSES) {
      try {
        return await send()
      } catch (error) {
        this.#deps.logger.warn(
          `[jobqueue] ${claimed.identifier} #${claimed.id} was performed and could not be queued yet: ${(error as Error).message}`
        )
        await pause(wait)
      }
    }
    return send()
  }
}

/** Nobody gave the job a place. */
const NOBODY = { onPerformed: () => undefined, onSettled: () => undefined }
