/**
 * One performing of one job, from the outside: whoever holds it may abort it. Its signal is made at first use,
 * because most jobs never ask for it.
 */
import type { ClaimedJob } from "../table/claim"

/** Why a run was told to stop. */
export type AbortCause = "timeout" | "canceled" | "shutdown" | "lost"

const MESSAGES: Record<AbortCause, string> = {
  timeout: "the job's timeout is over",
  canceled: "the job was canceled",
  shutdown: "the worker process shuts down",
  lost: "the worker process lost its lease, so another one performs the job",
}

/** How long a handler that ignores its aborted signal keeps its place. */
export const ABORT_GRACE_MILLISECONDS = 5000

/** The reason that a job's signal carries. */
export class JobAborted extends Error {
  constructor(cause: AbortCause) {
    super(`aborted: ${MESSAGES[cause]}`)
    this.name = "JobAborted"
  }
}

export class Run {
  readonly claimed: ClaimedJob
  #cause: AbortCause | undefined
  #controller: AbortController | undefined
  #graceTimer: NodeJS.Timeout | undefined
  #abandon: ((reason: Error) => void) | undefined
  #isOver = false

  constructor(claimed: ClaimedJob) {
    this.claimed = claimed
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController()
      this.#abortSignal()
    }
    return this.#controller.signal
  }

  /** The first cause counts; undefined while nobody aborted the run. */
  get cause(): AbortCause | undefined {
    return this.#cause
  }

  abort(cause: AbortCause): void {
    if (this.#cause || this.#isOver) {
      return
    }
    this.#cause = cause
    this.#abortSignal()
    this.#graceTimer = setTimeout(() => this.abandon(), ABORT_GRACE_MILLISECONDS)
  }

  /** Takes the place away from a handler that ignores its signal: what it brings later changes nothing. */
  abandon(): void {
    this.#abandon?.(new JobAborted(this.#cause ?? "shutdown"))
  }

  /** What `work` brings, unless the run is abandoned before. Its rejection after that is nobody's any more. */
  async follow<T>(work: () => Promise<T>): Promise<T> {
    const { timeout } = this.claimed.job
    const timer = timeout === null ? undefined : setTimeout(() => this.abort("timeout"), timeout)
    try {
      return await new Promise<T>((resolve, reject) => {
        this.#abandon = reject
        work().then(resolve, reject)
      })
    } finally {
      this.#isOver = true
      clearTimeout(timer)
      clearTimeout(this.#graceTimer)
    }
  }

  #abortSignal(): void {
    if (this.#cause) {
      this.#controller?.abort(new JobAborted(this.#cause))
    }
  }
}
