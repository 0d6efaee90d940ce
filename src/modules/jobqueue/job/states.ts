/**
 * The states of a job as people see them, and every legal move between them.
 * The list, the detail page, the API and the workers all ask this file.
 */

export const JOB_STATES = [
  "scheduled",
  "pending",
  "running",
  "retrying",
  "waiting",
  "held",
  "completed",
  "failed",
  "canceled",
] as const

export type JobState = (typeof JOB_STATES)[number]

/** States whose row stands in `jobqueue_outcome`; the others stand in `jobqueue_live`. */
export const FINISHED_STATES = ["completed", "failed", "canceled"] as const

export type FinishedState = (typeof FINISHED_STATES)[number]

export type LiveState = Exclude<JobState, FinishedState>

export const LIVE_STATES = JOB_STATES.filter((state): state is LiveState => !isFinished(state))

/** What a person may ask of a job; `delete` leaves no row behind. */
export const JOB_ACTIONS = ["retry", "cancel", "delete"] as const

export type JobAction = (typeof JOB_ACTIONS)[number]

/** What the record of a job may say that somebody did: also a third party to a waiting job. */
export type RecordedAction = JobAction | "resolve" | "reject"

/**
 * From which states each action may start. Everything else is refused and changes nothing.
 * - `retry` makes the job pending at once and keeps its history; a job at its limit gets one more attempt.
 * - `cancel` of a running job asks its worker to abort it; the others are canceled at once.
 * - `delete` never touches a running job: its worker still holds it.
 */
export const LEGAL_ACTIONS: Readonly<Record<JobAction, readonly JobState[]>> = {
  retry: ["scheduled", "retrying", "waiting", "held", "failed", "canceled"],
  cancel: ["scheduled", "pending", "running", "retrying", "waiting", "held"],
  delete: ["scheduled", "pending", "retrying", "waiting", "held", "completed", "failed", "canceled"],
}

/** Where a settle may move a job: a running one, or one whose waiting ends. */
export const SETTLED_STATES = [
  "completed",
  "failed",
  "canceled",
  "retrying",
  "scheduled",
  "waiting",
  "held",
  "pending",
] as const satisfies readonly JobState[]

export type SettledState = (typeof SETTLED_STATES)[number]

export function isFinished(state: JobState): state is FinishedState {
  return (FINISHED_STATES as readonly JobState[]).includes(state)
}

export function isLegal(action: JobAction, from: JobState): boolean {
  return LEGAL_ACTIONS[action].includes(from)
}

export function legalActions(from: JobState): JobAction[] {
  return JOB_ACTIONS.filter((action) => isLegal(action, from))
}
