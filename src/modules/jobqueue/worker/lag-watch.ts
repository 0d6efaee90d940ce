/**
 * Notices when a job blocks the event loop, and names it in the log. The lease goes on meanwhile, from its own thread;
 * everything else in this process stands still: requests, other jobs, timers.
 */
import type { Logger } from "@medusajs/framework/types"
import { describeJob } from "../lifecycle/job-context"
import type { Run } from "../lifecycle/run"

const LOOK_MILLISECONDS = 500
const BLOCKED_MILLISECONDS = 1000
const NAMED = 5

export class LagWatch {
  readonly #runs: () => Iterable<Run>
  readonly #logger: Logger
  #timer: NodeJS.Timeout | undefined
  #lastLook = 0
  /** Those that ran at the last look: a blocking one ends before the next. */
  #lastRuns: Run[] = []

  constructor(runs: () => Iterable<Run>, logger: Logger) {
    this.#runs = runs
    this.#logger = logger
  }

  start(): void {
    this.#lastLook = performance.now()
    this.#timer ??= setInterval(() => this.#look(), LOOK_MILLISECONDS).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #look(): void {
    const now = performance.now()
    const lag = now - this.#lastLook - LOOK_MILLISECONDS
    if (lag > BLOCKED_MILLISECONDS) {
      this.#warn(lag)
    }
    this.#lastLook = now
    this.#lastRuns = [...this.#runs()]
  }

  #warn(lag: number): void {
    const candidates = new Set([...this.#lastRuns, ...this.#runs()])
    const names = Array.from(candidates, ({ claimed }) => describeJob(claimed).replace("[jobqueue] ", ""))
    const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : ""
    this.#logger.warn(
      `[jobqueue] the event loop was blocked for ${Math.round(lag)} ms, by one of: ${names.slice(0, NAMED).join("; ")}${more}. ` +
        "Give jobs that compute for long a process of their own, or pause in between (await)."
    )
  }
}
