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

/** What a person may ask of a job, in the order in which menus show it. */
export const JOB_ACTIONS = ["retry", "restart", "release", "hold", "clone", "cancel", "delete"] as const

export type JobAction = (typeof JOB_ACTIONS)[number]

/** What the record of a job may say that somebody did: also a third party to a waiting job. */
export type RecordedAction = JobAction | "resolve" | "reject"

/**
 * From which states each action may start. Everything else is refused and changes nothing.
 * - `retry` makes the job pending at once. Its attempts go on counting; a job at its limit gets one more.
 * - `restart` makes it pending as on the first day: no attempts, and the limit that it was enqueued with.
 * - `release` lets a held job go: the same as `retry`, but for held jobs alone.
 * - `hold` sets it aside until somebody lets it go.
 * - `clone` leaves it as it is, and enqueues another one with the same request.
 * - `cancel` of a running job asks its worker to abort it; the others are canceled at once.
 * - `delete` leaves no row behind.
 *
 * A running job is its worker's: it can only be asked to stop, and be copied.
 */
export const LEGAL_ACTIONS: Readonly<Record<JobAction, readonly JobState[]>> = {
  retry: ["scheduled", "retrying", "waiting", "held", "failed", "canceled"],
  restart: ["scheduled", "pending", "retrying", "waiting", "held", "completed", "failed", "canceled"],
  release: ["held"],
  hold: ["scheduled", "pending", "retrying", "waiting"],
  clone: JOB_STATES,
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

/** Where a legal action leaves the job; null when it is gone. */
export function stateAfter(action: JobAction, from: JobState): JobState | null {
  switch (action) {
    case "retry":
    case "restart":
    case "release":
      return "pending"
    case "hold":
      return "held"
    case "clone":
      return from
    case "cancel":
      return from === "running" ? "running" : "canceled"
    case "delete":
      return null
  }
}
