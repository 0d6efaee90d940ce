/** What this process performs right now: each run from its beginning until its outcome is written. */
import type { Logger } from "@medusajs/framework/types"
import type { QueueBackend } from "../backend/contract"
import type { Afterwards } from "../lifecycle/afterwards"
import { atMost } from "../lifecycle/pause"
import { perform } from "../lifecycle/perform"
import type { PerformDependencies } from "../lifecycle/perform-dependencies"
import type { Reporter } from "../lifecycle/report"
import { ABORT_GRACE_MILLISECONDS, type AbortCause, type Run } from "../lifecycle/run"
import { Settler, type Settling } from "../lifecycle/settle"

/** How long a shutdown tries to write the last outcomes while the database does not answer. */
const FLUSH_MILLISECONDS = 10_000

/** What hooks and events of the last jobs get at least, when these have used up the grace. */
const LAST_HOOKS_MILLISECONDS = 2000

export class Runs {
  readonly #performing: PerformDependencies
  readonly #logger: Logger
  readonly #settler: Settler
  readonly #afterwards: Afterwards
  readonly #runs = new Set<Run>()
  #onEmpty: (() => void) | undefined

  constructor(
    performing: PerformDependencies,
    backend: QueueBackend,
    logger: Logger,
    afterwards: Afterwards
  ) {
    this.#performing = performing
    this.#logger = logger
    this.#afterwards = afterwards
    this.#settler = new Settler(
      reportingFirst(backend, performing.reporter),
      logger,
      (run, settlement, became) => {
        if (became !== undefined && became !== "refused") {
          afterwards.settled(run, settlement, became)
        }
        this.#written(run)
      }
    )
  }

  /** Performs and settles a job; whoever owns the run is told of both. */
  begin(run: Run): void {
    this.#runs.add(run)
    perform(run, this.#performing, (settlement, isWritten) => {
      this.#performing.reporter.close(run)
      if (!isWritten) {
        this.#settler.push(run, settlement)
      }
      run.owner.onPerformed(run)
      if (isWritten) {
        this.#afterwards.settled(run, settlement, settlement.conclusion.state)
        this.#written(run)
      }
    })
  }

  all(): Iterable<Run> {
    return this.#runs
  }

  /** True while outcomes come faster than they can be written, or than their hooks end. */
  get isBehind(): boolean {
    return this.#settler.isBehind || this.#afterwards.isBehind
  }

  abortAll(cause: AbortCause): void {
    for (const run of this.#runs) {
      run.abort(cause)
    }
  }

  /**
   * Waits `grace` milliseconds, aborts what still runs, and gives up on what can't be written after that. What follows
   * the last outcomes has the rest of the grace.
   */
  async drain(grace: number): Promise<void> {
    const until = performance.now() + grace
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
    await atMost(Math.max(until - performance.now(), LAST_HOOKS_MILLISECONDS), this.#afterwards.over())
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
