/**
 * Sends the events of jobs to Medusa's bus: those of one settled batch in one call. Best effort, and never in the way of a
 * job: a bus that fails is logged, one that hangs is waited for only for a time, and meanwhile the events collect.
 */
import type { JobEvent } from "../job/job-events"
import { asNoJob } from "./current-job"
import { safely, type SafetyLimits } from "./safely"

/** What is needed of Medusa's event bus. */
export interface EventBus {
  emit: (events: JobEvent[]) => Promise<void>
}

/** Events that wait for a bus that does not answer; those beyond are dropped. */
const WAITING_LIMIT = 10_000

export class EventOutlet {
  readonly #bus: () => EventBus | undefined
  readonly #limits: SafetyLimits
  #waiting: JobEvent[] = []
  #dropped = 0
  #sending: Promise<void> | undefined

  /** @param bus - asked for each call, because the application may have none */
  constructor(bus: () => EventBus | undefined, limits: SafetyLimits) {
    this.#bus = bus
    this.#limits = limits
  }

  add(event: JobEvent): void {
    if (this.#waiting.length >= WAITING_LIMIT) {
      this.#dropped++
      return
    }
    this.#waiting.push(event)
    this.#sending ??= asNoJob(() => this.#sendAll())
  }

  /** Resolves when everything was sent that was added. */
  async sent(): Promise<void> {
    await this.#sending
  }

  async #sendAll(): Promise<void> {
    await new Promise(setImmediate) // whatever is added in this tick comes along
    while (this.#waiting.length > 0) {
      await this.#send(this.#waiting.splice(0))
    }
    this.#sending = undefined
  }

  async #send(events: JobEvent[]): Promise<void> {
    if (this.#dropped > 0) {
      this.#limits.logger.error(
        `[jobqueue] ${this.#dropped} events were dropped: the event bus did not answer`
      )
      this.#dropped = 0
    }
    const [{ name, data }] = events
    const what = `[jobqueue] emitting ${events.length} events (the first: ${name} of job #${data.id})`
    await safely(what, this.#limits, () => this.#bus()?.emit(events))
  }
}
