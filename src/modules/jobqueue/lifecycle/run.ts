/**
 * One performing of one job, from the outside: whoever holds it may abort it. Its signal is made at first use,
 * because most jobs never ask for it.
 */
import type { AbstractJob } from "../job/abstract-job"
import type { JobContext } from "../job/context"
import { isThenable } from "../job/thenable"
import type { ClaimedJob } from "../table/claimed-job"
import type { Wishes } from "./hooks"

/** Why a run was told to stop. */
export type AbortCause = "timeout" | "canceled" | "shutdown" | "lost" | "strict"

const MESSAGES: Record<AbortCause, string> = {
  timeout: "the job's timeout is over",
  canceled: "the job was canceled",
  shutdown: "the worker process shuts down",
  lost: "the worker process lost its lease, so another one performs the job",
  strict: "the job is strict, and left a rejection unhandled or raised a warning",
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

/** Who gave the job a place: told when it is free again, and when the outcome is written. */
export interface RunOwner {
  onPerformed: (run: Run) => void
  onSettled: (run: Run) => void
}

/** What a run does, and who is told how it ended: one of the two, once. */
export interface Work {
  perform: () => unknown
  returned: (value: unknown) => void
  thrown: (reason: unknown) => void
}

/** A performing whose class has hooks or asks for events. */
export interface Watched {
  instance: AbstractJob<unknown>
  context: JobContext
  wishes: Wishes
  /** What the attempt threw. */
  thrown: unknown
}

export class Run {
  readonly claimed: ClaimedJob
  readonly owner: RunOwner
  /** Its process died before, maybe of it. */
  readonly isSuspect: boolean
  /** Of a class with hooks or events, from the moment its code begins. */
  watched: Watched | undefined = undefined
  #cause: AbortCause | undefined
  #controller: AbortController | undefined
  #timer: NodeJS.Timeout | undefined
  #graceTimer: NodeJS.Timeout | undefined
  #work: Work | undefined
  #isOver = false
  /** When its timeout is over. */
  #until = Infinity
  #begunAt = 0
  #endedAt = 0

  constructor(claimed: ClaimedJob, owner: RunOwner, isSuspect = false) {
    this.claimed = claimed
    this.owner = owner
    this.isSuspect = isSuspect
  }

  /** By the process's own clock (`performance.now`). */
  get endedAt(): number {
    return this.#endedAt
  }

  /** Milliseconds that the job's code took; 0 for one that could not begin. */
  get duration(): number {
    return this.#endedAt - this.#begunAt
  }

  /** True once it has ended or was abandoned: what its code does from then on changes nothing. */
  get isOver(): boolean {
    return this.#isOver
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

  /** The attempt may take `milliseconds` from now on, if that is longer than what it has left. Nothing without a timeout. */
  extend(milliseconds: number): void {
    const isLater = performance.now() + milliseconds > this.#until
    if (this.#timer && isLater && !this.#cause && !this.#isOver) {
      clearTimeout(this.#timer)
      this.#limit(milliseconds)
    }
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
    this.#thrown(new JobAborted(this.#cause ?? "shutdown"))
  }

  /** Tells `work`, once, what it brings, unless the run is abandoned before. */
  begin(work: Work): void {
    this.#work = work
    this.#begunAt = performance.now()
    const { timeout } = this.claimed
    if (timeout !== null) {
      this.#limit(timeout)
    }
    try {
      const value = work.perform()
      if (isThenable(value)) {
        value.then(
          (result) => this.#returned(result),
          (reason: unknown) => this.#thrown(reason)
        )
      } else {
        this.#returned(value)
      }
    } catch (reason) {
      this.#thrown(reason)
    }
  }

  #returned(value: unknown): void {
    if (this.#end()) {
      this.#work?.returned(value)
    }
  }

  #thrown(reason: unknown): void {
    if (this.#end()) {
      this.#work?.thrown(reason)
    }
  }

  /** False when it has ended before, or has not begun. */
  #end(): boolean {
    if (this.#isOver || !this.#work) {
      return false
    }
    this.#isOver = true
    this.#endedAt = performance.now()
    clearTimeout(this.#timer)
    clearTimeout(this.#graceTimer)
    return true
  }

  #limit(milliseconds: number): void {
    this.#until = performance.now() + milliseconds
    this.#timer = setTimeout(() => this.abort("timeout"), milliseconds)
  }

  #abortSignal(): void {
    if (this.#cause) {
      this.#controller?.abort(new JobAborted(this.#cause))
    }
  }
}
