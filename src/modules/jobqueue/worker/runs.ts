/** What this process performs right now: each run from its beginning until its outcome is written. */
import type { Logger } from "@medusajs/framework/types"
import type { QueueBackend } from "../backend/contract"
import { atMost } from "../lifecycle/pause"
import { perform, type PerformDependencies } from "../lifecycle/perform"
import type { Reporter } from "../lifecycle/report"
import { ABORT_GRACE_MILLISECONDS, type AbortCause, type Run } from "../lifecycle/run"
import { Settler, type Settling } from "../lifecycle/settle"

/** How long a shutdown tries to write the last outcomes while the database does not answer. */
const FLUSH_MILLISECONDS = 10_000

export class Runs {
  readonly #performing: PerformDependencies
  readonly #logger: Logger
  readonly #settler: Settler
  readonly #runs = new Set<Run>()
  #onEmpty: (() => void) | undefined

  constructor(performing: PerformDependencies, backend: QueueBackend, logger: Logger) {
    this.#performing = performing
    this.#logger = logger
    this.#settler = new Settler(reportingFirst(backend, performing.reporter), logger, (run) =>
      this.#written(run)
    )
  }

  /** Performs and settles a job; whoever owns the run is told of both. */
  begin(run: Run): void {
    this.#runs.add(run)
    perform(run, this.#performing, (settlement) => {
      this.#performing.reporter.close(run)
      if (settlement) {
        this.#settler.push(run, settlement)
      }
      run.owner.onPerformed(run)
      if (!settlement) {
        this.#written(run)
      }
    })
  }

  all(): Iterable<Run> {
    return this.#runs
  }

  /** True while outcomes come faster than they can be written. */
  get isBehind(): boolean {
    return this.#settler.isBehind
  }

  abortAll(cause: AbortCause): void {
    for (const run of this.#runs) {
      run.abort(cause)
    }
  }

  /** Waits `grace` milliseconds, aborts what still runs, and gives up on what can't be written after that. */
  async drain(grace: number): Promise<void> {
    await atMost(grace, this.#empty())
    this.abortAll("shutdown")
    await atMost(ABORT_GRACE_MILLISECONDS + FLUSH_MILLISECONDS, this.#empty())
    this.#settler.giveUp()
    this.#performing.reporter.stop()
    if (this.#runs.size > 0) {
      this.#logger.error(
        `[jobqueue] ${this.#runs.size} jobs could not be settled; they are rescued and run again`
      )
    }
  }

  async #empty(): Promise<void> {
    if (this.#runs.size > 0) {
      await new Promise<void>((resolve) => (this.#onEmpty = resolve))
    }
  }

  #written(run: Run): void {
    this.#runs.delete(run)
    this.#performing.reporter.forget(run)
    run.owner.onSettled(run)
    if (this.#runs.size === 0) {
      this.#onEmpty?.()
    }
  }
}

/** What a run has reported is written before its outcome, after which its claim allows nothing more. */
function reportingFirst(backend: Settling, reporter: Reporter): Settling {
  return {
    async settle(batch, again) {
      await reporter.writeLast(batch)
      return backend.settle(batch, again)
    },
  }
}
