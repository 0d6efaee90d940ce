/** What came of a bulk action so far: how many it was done to, and how many were refused, with the reason of each. */
import { BUSY, refusalOf } from "../errors/repair"
import { LEGAL_ACTIONS, type JobAction, type JobState } from "../job/states"
import type { StateCount } from "./matching-jobs"
import type { Repaired } from "./repair"

export interface Refusal {
  /** Null: there is no such job, or another transaction holds it. */
  state: JobState | null
  count: number
  /** In a sentence. */
  reason: string
  /** The first hundred of them; none where they were only counted. */
  ids: string[]
}

export interface BulkResult {
  action: JobAction
  /** Nothing was done: the numbers say what would be. */
  dry_run: boolean
  /** What the records of its jobs have in common; null where nothing was done. */
  batch: string | null
  /** Jobs that it looked at: `done` and all `refused`. */
  matched: number
  /** How many it was done to; in a dry run, to how many it would be. */
  done: number
  /** The states in which these were. */
  done_from: StateCount[]
  refused: Refusal[]
  /** The first thousand of the done ones; of clones, the copies. */
  ids: string[]
}

const SHOWN_DONE = 1000
const SHOWN_REFUSED = 100

export class BulkTally {
  readonly action: JobAction
  readonly #doneFrom = new Map<JobState, number>()
  readonly #refused = new Map<string, Refusal>()
  readonly #ids: string[] = []

  constructor(action: JobAction) {
    this.action = action
  }

  get done(): number {
    return sum([...this.#doneFrom.values()])
  }

  add({ done, refused, busy }: Repaired): void {
    done.forEach(({ id, from, copy }) => this.accept(from, 1, [String(copy ?? id)]))
    refused.forEach(({ id, state }) => this.refuse(state, 1, [String(id)]))
    busy.forEach((id) => this.refuse(null, 1, [String(id)], `It is left as it is: ${BUSY}`))
  }

  accept(from: JobState, count: number, ids: readonly string[] = []): void {
    this.#doneFrom.set(from, (this.#doneFrom.get(from) ?? 0) + count)
    this.#ids.push(...ids.slice(0, SHOWN_DONE - this.#ids.length))
  }

  refuse(state: JobState | null, count: number, ids: readonly string[] = [], why?: string): void {
    const reason = why ?? refusalOf(this.action, state, LEGAL_ACTIONS[this.action])
    const refusal = this.#refused.get(reason) ?? { state, count: 0, reason, ids: [] }
    refusal.count += count
    refusal.ids.push(...ids.slice(0, SHOWN_REFUSED - refusal.ids.length))
    this.#refused.set(reason, refusal)
  }

  result(batch: string | null): BulkResult {
    const { done } = this
    const refused = [...this.#refused.values()]
    return {
      action: this.action,
      dry_run: batch === null,
      batch: done > 0 ? batch : null,
      matched: done + sum(refused.map(({ count }) => count)),
      done,
      done_from: [...this.#doneFrom].map(([state, count]) => ({ state, count })),
      refused,
      ids: this.#ids,
    }
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}
