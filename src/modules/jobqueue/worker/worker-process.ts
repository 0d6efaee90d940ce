/**
 * What all workers of one process share: the lease by which their running jobs live, the claim tokens, what runs,
 * and the upkeep of the table.
 */
import type { Logger } from "@medusajs/framework/types"
import { Claimer, type Wanted } from "../lifecycle/claim"
import type { PerformDependencies } from "../lifecycle/perform-dependencies"
import type { Run } from "../lifecycle/run"
import { StrayWatch } from "../lifecycle/stray-watch"
import type { ClaimedJob } from "../table/claimed-job"
import type { WorkerDescription } from "../table/workers"
import { LagWatch } from "./lag-watch"
import { Lease } from "./lease"
import { Runs } from "./runs"
import { Suspects } from "./suspects"
import { passDue, upkeepLoops, type UpkeepDependencies } from "./upkeep"
import { Worker } from "./worker"
import type { WorkerHost, WorkerSettings } from "./worker-host"

export interface WorkerProcessDependencies extends UpkeepDependencies {
  performing: PerformDependencies
  /** Priorities that are likely to come. */
  priorities: () => readonly number[]
  describe: () => WorkerDescription
  /** Aborts every `onCallback` that runs in this process. */
  abortCallbacks: () => void
}

export class WorkerProcess implements WorkerHost {
  readonly suspects = new Suspects()
  readonly #deps: WorkerProcessDependencies
  readonly #logger: Logger
  readonly #runs: Runs
  readonly #lease: Lease
  readonly #upkeep: { start: () => void; stop: () => Promise<void> | void }[]
  readonly #workers = new Set<Worker>()
  #claimer: Claimer | undefined
  #started: Promise<void> | undefined
  #isRegistering = false
  #isStopping = false

  constructor(deps: WorkerProcessDependencies) {
    this.#deps = deps
    this.#logger = deps.logger
    this.#runs = new Runs(deps.performing, deps.backend, deps.logger, deps.afterwards)
    const onLost = () => void this.#registerAnew()
    const runs = () => this.#runs.all()
    const [rescuing, ...loops] = upkeepLoops(deps, {
      runs,
      onLost,
      claimer: () => this.#claimer,
      workers: () => this.#workers,
      suspects: this.suspects,
      mayRescue: () => this.#lease.isSteady,
    })
    this.#upkeep = [new StrayWatch(), new LagWatch(runs, deps.logger), rescuing, ...loops]
    this.#lease = new Lease({ ...deps, onLost, onBeat: () => rescuing.wake() })
  }

  /** Registers this process and starts its upkeep. Later calls wait for the first; one that failed may be repeated. */
  start(): Promise<void> {
    this.#started ??= this.#begin().catch((error: unknown) => {
      this.#started = undefined
      throw error
    })
    return this.#started
  }

  /** A worker under this process's lease: told when it registers anew, and stopped with it. */
  addWorker(settings: WorkerSettings): Worker {
    const worker = new Worker(settings, this, this.#logger)
    this.#workers.add(worker)
    return worker
  }

  dismiss(worker: Worker): void {
    this.#workers.delete(worker)
  }

  /** Makes pending whatever is due now, and ends the waiting of jobs whose time is over. */
  async promoteDue(): Promise<void> {
    while (await passDue(this.#deps)) {
      // one batch after the other
    }
  }

  /** Nothing while this process has no lease or can't write its outcomes, and nothing once it was told to stop. */
  readonly claim = async (wanted: Omit<Wanted, "identifiers">): Promise<ClaimedJob[]> => {
    const identifiers = this.#deps.performing.registry.identifiers()
    const claimer = this.#claimer
    if (!claimer || this.#isStopping || this.#runs.isBehind || identifiers.length === 0) {
      return []
    }
    const jobs = await claimer.claim({ ...wanted, identifiers })
    return claimer === this.#claimer ? jobs : [] // declared dead meanwhile: others perform them
  }

  begin(run: Run): void {
    this.#runs.begin(run)
  }

  /** Never rejects: what can't be given back now is found by `Control`, or rescued when this process ends. */
  async release(jobs: readonly ClaimedJob[]): Promise<void> {
    try {
      await (jobs.length > 0 && this.#claimer?.release(jobs))
    } catch (error) {
      this.#logger.warn(
        `[jobqueue] ${jobs.length} jobs that were claimed ahead could not be given back yet: ${(error as Error).message}`
      )
    }
  }

  /** Has the next claim of this queue look at all that is pending. */
  readAnew(queue: string): void {
    this.#claimer?.readAnew(queue)
  }

  untilFullClaim(queue: string): number {
    return this.#claimer?.untilFullClaim(queue) ?? 0
  }

  /** Resolves when the hooks of the worker's jobs that have ended have ended too. */
  hooksOver(worker: Worker): Promise<void> {
    return this.#deps.afterwards.over(worker)
  }

  /** Takes no more jobs, at once; those that run go on. */
  async stopClaiming(): Promise<void> {
    this.#isStopping = true
    await Promise.all(Array.from(this.#workers, (worker) => worker.stopClaiming()))
  }

  /** Stops claiming, waits `grace` milliseconds for running jobs, aborts and returns the rest, and ends the lease. */
  async stop(grace: number): Promise<void> {
    await this.stopClaiming()
    await this.#started?.catch(() => undefined) // who started it has got the error
    await this.#runs.drain(grace)
    this.#deps.abortCallbacks()
    for (const part of this.#upkeep) {
      await part.stop()
    }
    if (this.#claimer) {
      this.#claimer.end()
      this.#claimer = undefined
      await this.#lease.end()
    }
  }

  async #begin(): Promise<void> {
    await this.#beginLease()
    this.#upkeep.forEach((loop) => loop.start())
  }

  async #beginLease(): Promise<void> {
    const worker = await this.#lease.begin()
    const priorities = this.#deps.priorities()
    const claimer = new Claimer(this.#deps.backend, worker, { logger: this.#logger, priorities })
    claimer.lastSeq = (await this.#deps.backend.bearings(worker)).lastSeq
    this.#claimer = claimer
  }

  /** This process was declared dead: others perform its jobs, and whatever these bring here is refused. */
  async #registerAnew(): Promise<void> {
    if (this.#isRegistering) {
      return
    }
    this.#isRegistering = true
    this.#claimer?.end()
    this.#claimer = undefined
    this.#logger.error("[jobqueue] this process was declared dead: it aborts its jobs and registers anew")
    this.#workers.forEach((worker) => worker.forgetAhead())
    this.#runs.abortAll("lost")
    try {
      await this.#beginLease()
      this.#workers.forEach((worker) => worker.wake())
    } catch (error) {
      this.#logger.error("[jobqueue] registering anew failed; the next beat tries again", error as Error)
    } finally {
      this.#isRegistering = false
    }
  }
}
