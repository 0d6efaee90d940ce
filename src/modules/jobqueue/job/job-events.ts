/** The events that jobs emit on Medusa's event bus: their names, what each carries, and which a class must ask for. */
import type { Job } from "./job"
import type { StoreContext } from "./store-context"

/** For `config.event` of a subscriber. */
export const JobEvents = {
  FAILED: "jobqueue.job.failed",
  HELD: "jobqueue.job.held",
  CANCELED: "jobqueue.job.canceled",
  /** Only of classes with `static events = ["completed"] as const`. */
  COMPLETED: "jobqueue.job.completed",
  /** Only of classes with `static events = ["retrying"] as const`. */
  RETRYING: "jobqueue.job.retrying",
} as const

export type JobEventName = (typeof JobEvents)[keyof typeof JobEvents]

/** The states that have an event. */
export type EventState = "failed" | "held" | "canceled" | "completed" | "retrying"

const NAMES: Record<EventState, JobEventName> = {
  failed: JobEvents.FAILED,
  held: JobEvents.HELD,
  canceled: JobEvents.CANCELED,
  completed: JobEvents.COMPLETED,
  retrying: JobEvents.RETRYING,
}

/** Those that come often: a class asks for them in `static events`. */
export const CHOSEN_EVENTS = ["completed", "retrying"] as const

export type ChosenEvent = (typeof CHOSEN_EVENTS)[number]

/** What an event tells of its job; never the payload. */
export interface JobEventData<S extends EventState = EventState> {
  id: string
  identifier: string
  name: string
  queue: string
  /** The state that the job came to. */
  state: S
  /** Attempts that counted so far. */
  attempts: number
  /** Why it failed, is held or was canceled, when that was said in words. */
  reason: string | null
  store_id: string | null
  resource_type: string | null
  resource_id: string | null
}

/** The data of each event: `SubscriberArgs<JobEventMap["jobqueue.job.failed"]>`. */
export interface JobEventMap {
  "jobqueue.job.failed": JobEventData<"failed">
  "jobqueue.job.held": JobEventData<"held">
  "jobqueue.job.canceled": JobEventData<"canceled">
  "jobqueue.job.completed": JobEventData<"completed">
  "jobqueue.job.retrying": JobEventData<"retrying">
}

/** As Medusa's event bus takes it. */
export interface JobEvent {
  name: JobEventName
  data: JobEventData
}

/** Undefined for a job that came to a state without an event, and for one that an event of a job brought about: no loops. */
export function jobEvent(job: Job): JobEvent | undefined {
  if (!hasEvent(job.state) || comesFromJobEvent(job.context)) {
    return undefined
  }
  const { id, identifier, name, queue, state, attempts, reason, store_id, resource_type, resource_id } = job
  return {
    name: NAMES[state],
    data: { id, identifier, name, queue, state, attempts, reason, store_id, resource_type, resource_id },
  }
}

export function isChosenEvent(state: string): state is ChosenEvent {
  return (CHOSEN_EVENTS as readonly string[]).includes(state)
}

function hasEvent(state: string): state is EventState {
  return Object.hasOwn(NAMES, state)
}

const OWN_PREFIX = "jobqueue."

/** Jobs that it enqueues itself inherit the event with its context. */
function comesFromJobEvent({ event }: StoreContext): boolean {
  return event?.name.startsWith(OWN_PREFIX) ?? false
}
