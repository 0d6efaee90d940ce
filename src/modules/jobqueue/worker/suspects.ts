/**
 * Jobs whose process died while it held them. One of them may have killed it, and when it does so again, nobody else
 * should be harmed a second time. So they are performed apart from each other, but nobody waits for ever for that:
 *
 * 1. A process that performs no suspect takes one: the last begun first, because a job that kills its process mostly
 *    does so soon; one whose process died once before one whose process died more often.
 * 2. Some that have died once and wait for two seconds begin beside others of their kind, in groups that grow: what
 *    has waited so long was not among the likely ones. If the group holds the culprit after all, its members have run
 *    three times at most, because from then on rule 3 holds for them.
 * 3. One that has died more often begins beside no other and no other beside it, also when it has waited.
 * 4. Who has run for three seconds is taken for harmless. It keeps those that wait for two seconds from nothing, so that
 *    a slow suspect does not block the others.
 */
import { roundedLimit, type SuspectKind } from "../table/claim"
import type { ClaimedJob } from "../table/claimed-job"
import type { WaitingSuspects } from "../table/running"

const PROBATION_MILLISECONDS = 3000

/** The groups grow by this factor with each look, once a second. */
const GROWTH = 4
const LARGEST_GROUP = 256

/** Which suspects of a queue may begin now. */
export interface Turn {
  queue: string
  kind: SuspectKind
  /** How many of them. */
  limit: number
}

interface Begun {
  isRepeated: boolean
  at: number
}

export class Suspects {
  #waiting: WaitingSuspects[] = []
  #group = 1
  #isClaiming = false
  readonly #begun = new Map<ClaimedJob, Begun>()

  /** @param waiting - those that wait, as just read */
  seen(waiting: readonly WaitingSuspects[]): void {
    this.#waiting = waiting.map((some) => ({ ...some }))
    const isGrowing = waiting.some(({ isRepeated, isOverdue }) => !isRepeated && isOverdue)
    this.#group = isGrowing ? Math.min(LARGEST_GROUP, this.#group * GROWTH) : 1
  }

  /** Undefined while none of this queue's may begin. */
  turn(queue: string, now: number): Turn | undefined {
    const [once, repeated] = [this.#of(queue, false), this.#of(queue, true)]
    const fresh = [...this.#begun.values()].filter(({ at }) => now - at < PROBATION_MILLISECONDS)
    if (this.#isClaiming || fresh.some(({ isRepeated }) => isRepeated)) {
      return undefined
    }
    if (repeated?.isOverdue && fresh.length === 0) {
      return { queue, kind: "repeated", limit: 1 }
    }
    if (once?.isOverdue && fresh.length < this.#group) {
      return { queue, kind: "overdue", limit: this.#group - fresh.length }
    }
    return this.#begun.size === 0 ? alone(once ?? repeated) : undefined
  }

  /** Claims those whose turn it is, by `ask`; until that is answered it is nobody else's turn. */
  async claim(turn: Turn, ask: (turn: Turn) => Promise<ClaimedJob[]>): Promise<ClaimedJob[]> {
    this.#isClaiming = true
    try {
      const jobs = await ask(turn)
      const begun = { isRepeated: turn.kind === "repeated", at: performance.now() }
      jobs.forEach((job) => this.#begun.set(job, begun))
      if (jobs.length < roundedLimit(turn.limit)) {
        this.#forget(turn)
      }
      return jobs
    } finally {
      this.#isClaiming = false
    }
  }

  /** Its outcome is written; before, it may still kill the process. */
  end(job: ClaimedJob): void {
    this.#begun.delete(job)
  }

  #of(queue: string, isRepeated: boolean): WaitingSuspects | undefined {
    return this.#waiting.find((some) => some.queue === queue && some.isRepeated === isRepeated)
  }

  /** No more of them wait, as far as is known until the next look. */
  #forget({ queue, kind }: Turn): void {
    const some = this.#of(queue, kind === "repeated")
    if (some && kind === "overdue") {
      some.isOverdue = false
    } else {
      this.#waiting = this.#waiting.filter((one) => one !== some)
    }
  }
}

function alone(next: WaitingSuspects | undefined): Turn | undefined {
  return next && { queue: next.queue, kind: next.isRepeated ? "repeated" : "suspect", limit: 1 }
}
