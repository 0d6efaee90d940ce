/**
 * One job as the rules say that it should be: no SQL, and nothing of the engine's code. Each function is a rule of
 * docs/states.md, or of what a claim, a settle and a rescue may do to a job.
 */
import { asCounted, willFail, type Ending, type State } from "./ending"

export type Kind = "direct" | "prefetch" | "suspect" | "repeated"

export interface ModeledJob {
  id: number
  identifier: string
  keep: boolean
  priority: number
  state: State
  attempts: number
  maxAttempts: number
  /** With which it was enqueued. */
  firstLimit: number
  /** How often a process died while it held the job. */
  crashes: number
  /** How often a fault of the system gave an attempt back. */
  refunds: number
  begun: boolean
  cancelAsked: boolean
  hasReason: boolean
  hasResult: boolean
  /** The token of the claim that holds it, or that settled it last. */
  claim: number | null
  worker: number | null
  /** When it became ready, as a count; jobs of one statement may share it. */
  ready: number
  /** In hours by the model's clock. */
  dueAt: number
  finishedAt: number
  /** Failed attempts whose errors are kept. */
  kept: number
}

/** What of the surroundings a rule needs. */
export interface Moment {
  hour: number
  /** The next number in the order of becoming ready. */
  ready: number
}

const KEPT_ATTEMPTS = 20
const CRASH_LIMIT = 3
const FINISHED: readonly State[] = ["completed", "failed", "canceled"]

export function isFinished({ state }: ModeledJob): boolean {
  return FINISHED.includes(state)
}

export function isHeldBy(job: ModeledJob | undefined, claim: number): job is ModeledJob {
  return job?.state === "running" && job.claim === claim
}

/** The attempt is counted at claim, and what was said about the job before is over. */
export function begin(job: ModeledJob, claim: number, worker: number, kind: Kind): void {
  const attempts = job.attempts + 1
  Object.assign(job, { state: "running", claim, worker, attempts, begun: kind !== "prefetch" })
  job.hasReason = false
}

export function becomePending(job: ModeledJob, { ready }: Moment): void {
  Object.assign(job, { state: "pending", ready, worker: null, begun: false })
}

/** A cancellation that was asked for wins over any ending. */
export function settle(job: ModeledJob, given: Ending, now: Moment): void {
  const ending = asCounted(given, job)
  const fails = willFail(ending, job)
  const state = job.cancelAsked ? "canceled" : fails ? "failed" : ending.state
  if (fails || ending.hasError || ["failed", "canceled", "held"].includes(state)) {
    keepAttempt(job)
  }
  if (FINISHED.includes(state)) {
    finish(job, state, now)
    job.hasReason = job.hasReason || fails || ending.hasReason
    job.hasResult = ending.hasResult
    return
  }
  job.attempts -= ending.isUncounted ? 1 : 0
  job.refunds += ending.isRefunded ? 1 : 0
  job.hasReason = ending.hasReason
  job.dueAt = now.hour + ending.hours
  Object.assign(job, { state, worker: null, begun: false })
  if (state === "pending") {
    becomePending(job, now)
  }
}

/** Claimed ahead and not begun, or never known to the process: as if it had not been claimed. */
export function release(job: ModeledJob, now: Moment): void {
  job.attempts -= 1
  job.claim = null
  if (job.cancelAsked) {
    finish(job, "canceled", now)
  } else {
    becomePending(job, now)
  }
}

/** Its process is dead: what had begun counts, what had not is given back, and all are suspects from now on. */
export function rescue(job: ModeledJob, now: Moment): void {
  const isPoison = job.begun && (job.attempts >= job.maxAttempts || job.crashes + 1 >= CRASH_LIMIT)
  if (job.begun) {
    keepAttempt(job)
  } else {
    job.attempts -= 1
  }
  job.claim = null
  if (job.cancelAsked || isPoison) {
    job.hasReason ||= !job.cancelAsked
    finish(job, job.cancelAsked ? "canceled" : "failed", now)
  } else {
    job.crashes += 1
    becomePending(job, now)
  }
}

/** By a person: pending at once, at least one more attempt, and a clean slate for the limits. */
export function retry(job: ModeledJob, now: Moment): void {
  job.claim = isFinished(job) ? null : job.claim
  Object.assign(job, { crashes: 0, refunds: 0, cancelAsked: false, hasReason: false, hasResult: false })
  job.maxAttempts = Math.max(job.maxAttempts, job.attempts + 1)
  becomePending(job, now)
}

/** By a person: as on the first day, with its history. */
export function restart(job: ModeledJob, now: Moment): void {
  retry(job, now)
  Object.assign(job, { attempts: 0, maxAttempts: job.firstLimit })
}

/** By a person: set aside, wherever it waited. */
export function hold(job: ModeledJob): void {
  Object.assign(job, { state: "held", hasReason: true })
}

/** By a person: the same request; one that waits for its time waits for the same time. */
export function clone({ id: _, ...job }: ModeledJob, copy: number, now: Moment): ModeledJob {
  const none = { attempts: 0, crashes: 0, refunds: 0, kept: 0, finishedAt: 0, claim: null, worker: null }
  const not = { begun: false, cancelAsked: false, hasReason: false, hasResult: false }
  const waits = job.state === "scheduled" && job.dueAt > now.hour
  const when = { dueAt: waits ? job.dueAt : now.hour, ready: now.ready }
  const state = waits ? "scheduled" : "pending"
  return { ...job, ...none, ...not, ...when, id: copy, state, maxAttempts: job.firstLimit }
}

/** By a person: at once, or as soon as whoever runs it lets it go. */
export function cancel(job: ModeledJob, now: Moment): void {
  job.hasReason = true
  if (job.state === "running") {
    job.cancelAsked = true
  } else {
    job.claim = null
    finish(job, "canceled", now)
  }
}

function finish(job: ModeledJob, state: State, { hour }: Moment): void {
  Object.assign(job, { state, finishedAt: hour, worker: null, begun: false, cancelAsked: false })
}

function keepAttempt(job: ModeledJob): void {
  job.kept = Math.min(KEPT_ATTEMPTS, job.kept + 1)
}
