/**
 * What all workers of one process share: the lease by which their running jobs live, the claim tokens, the
 * settler, and the upkeep of the table.
 */
import type { Logger } from "@medusajs/framework/types"
import { Claimer } from "../lifecycle/claim"
import { atMost } from "../lifecycle/pause"
import { perform, type PerformDependencies } from "../lifecycle/perform"
import { ABORT_GRACE_MILLISECONDS, type AbortCause, type Run } from "../lifecycle/run"
import { Settler } from "../lifecycle/settle"
import { promote } from "../maintenance/promote"
import type { ClaimedJob } from "../table/claim"
import type { WorkerDescription } from "../table/workers"
import { Lease } from "./lease"
import type { Loop } from "./loop"
import { upkeepLoops, type UpkeepDependencies } from "./upkeep"
import { Worker, type WorkerSettings } from "./worker"

/** How long a shutdown tries to write the last outcomes while the database does not answer. */
const FLUSH_MILLISECONDS = 10_000

export interface WorkerProcessDependencies extends UpkeepDependencies {
  performing: PerformDependencies
  describe: () => WorkerDescription
}

export class WorkerProcess {
  readonly #deps: WorkerProcessDependencies
  readonly #logger: Logger
  readonly #settler: Settler
  readonly #lease: Lease
  readonly #upkeep: Loop[]
  readonly #workers = new Set<Worker>()
  /** Runs until their outcome is written. */
  readonly #runs = new Map<Run, Promise<void>>()
  #claimer: Claimer | undefined
  #started: Promise<void> | undefined
  #isRegistering = false
  #isStopping = false

  constructor(deps: WorkerProcessDependencies) {
    this.#deps = deps
    this.#logger = deps.logger
    this.#settler = new Settler(deps.backend, deps.logger)
    this.#lease = new Lease({ ...deps, onLost: () => void this.#registerAnew() })
    this.#upkeep = upkeepLoops(deps, {
      claimer: () => this.#claimer,
      runs: () => this.#runs.keys(),
      mayRescue: () => this.#lease.isSteady,
    })
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

  /** Makes pending whatever is due now. */
  async promoteDue(): Promise<void> {
    while (await promote(this.#deps.database, this.#deps.wake)) {
      // one batch after the other
    }
  }

  /** Nothing while this process has no lease, and nothing once it was told to stop. */
  async claim(queue: string, limit: number): Promise<ClaimedJob[]> {
    const identifiers = this.#deps.performing.registry.identifiers()
    const claimer = this.#isStopping || identifiers.length === 0 ? undefined : this.#claimer
    return (await claimer?.claim(queue, identifiers, limit)) ?? []
  }

  /** Performs and settles one job; never rejects. `onPerformed`: its place is free again. */
  carryOut(run: Run, onPerformed: () => void): Promise<void> {
    const carriedOut = perform(run, this.#deps.performing)
      .finally(onPerformed)
      .then((settlement) => this.#settler.push(settlement))
      .catch((error: unknown) =>
        this.#logger.error("[jobqueue] a performed job could not be settled", error as Error)
      )
      .finally(() => this.#runs.delete(run))
    this.#runs.set(run, carriedOut)
    return carriedOut
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
    await this.#drain(grace)
    await Promise.all(this.#upkeep.map((loop) => loop.stop()))
    if (this.#claimer) {
      this.#claimer = undefined
      await this.#lease.end()
    }
  }

  async #begin(): Promise<void> {
    this.#claimer = new Claimer(this.#deps.backend, await this.#lease.begin())
    this.#upkeep.forEach((loop) => loop.start())
  }

  /** This process was declared dead: others perform its jobs, and whatever these bring here is refused. */
  async #registerAnew(): Promise<void> {
    if (this.#isRegistering) {
      return
    }
    this.#isRegistering = true
    this.#claimer = undefined
    this.#logger.error("[jobqueue] this process was declared dead: it aborts its jobs and registers anew")
    this.#abortAll("lost")
    try {
      this.#claimer = new Claimer(this.#deps.backend, await this.#lease.begin())
      this.#workers.forEach((worker) => worker.wake())
    } catch (error) {
      this.#logger.error("[jobqueue] registering anew failed; the next beat tries again", error as Error)
    } finally {
      this.#isRegistering = false
    }
  }

  async #drain(grace: number): Promise<void> {
    await atMost(grace, this.#allSettled())
    this.#abortAll("shutdown")
    await atMost(ABORT_GRACE_MILLISECONDS + FLUSH_MILLISECONDS, this.#allSettled())
    this.#settler.giveUp()
    if (this.#runs.size > 0) {
      this.#logger.error(
        `[jobqueue] ${this.#runs.size} jobs could not be settled; they are rescued and run again`
      )
    }
  }

  async #allSettled(): Promise<void> {
    await Promise.all(this.#runs.values())
  }

  #abortAll(cause: AbortCause): void {
    for (const run of this.#runs.keys()) {
      run.abort(cause)
    }
  }
}
