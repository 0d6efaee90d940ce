/**
 * Compares, once a second, what the table says that this process holds with what it really holds: a cancellation
 * that somebody asked for reaches the job's signal, and rows of a claim whose answer was lost are given back.
 */
import type { Logger } from "@medusajs/framework/types"
import type { QueueBackend } from "../backend/contract"
import type { Claimer } from "../lifecycle/claim"
import type { Run } from "../lifecycle/run"
import type { Bearings, RunningRow } from "../table/running"
import type { Suspects } from "./suspects"

/** The jobs that a process holds. */
export interface Held {
  runs: Iterable<Run>
  /** Claimed ahead, not begun. */
  ahead: Iterable<Pick<RunningRow, "id" | "claim">>
}

export class Control {
  readonly #backend: QueueBackend
  readonly #suspects: Suspects
  readonly #logger: Logger
  /** Rows that nobody here knew at the last look. A second look tells a lost claim from one that just arrives. */
  #strangers = new Set<string>()

  constructor(backend: QueueBackend, suspects: Suspects, logger: Logger) {
    this.#backend = backend
    this.#suspects = suspects
    this.#logger = logger
  }

  /** What it has seen; undefined when this process was declared dead. */
  async look(claimer: Claimer, held: () => Held): Promise<Bearings | undefined> {
    const bearings = await this.#backend.bearings(claimer.worker)
    const { isAlive, running, lastSeq, suspects } = bearings
    if (!isAlive) {
      return undefined
    }
    claimer.lastSeq = lastSeq
    this.#suspects.seen(suspects)
    const { runs, ahead } = held()
    const runByKey = new Map(Array.from(runs, (run) => [keyOf(run.claimed), run]))
    for (const row of running.filter(({ cancel }) => cancel)) {
      runByKey.get(keyOf(row))?.abort("canceled")
    }
    const known = new Set([...runByKey.keys(), ...Array.from(ahead, keyOf)])
    await this.#giveBackStrangers(
      claimer,
      running.filter((row) => !known.has(keyOf(row)) && !claimer.isInFlight(row.claim))
    )
    return bearings
  }

  async #giveBackStrangers(claimer: Claimer, strangers: readonly RunningRow[]): Promise<void> {
    const lost = strangers.filter((row) => this.#strangers.has(keyOf(row)))
    this.#strangers = new Set(strangers.map(keyOf))
    if (lost.length > 0) {
      await this.#backend.release(claimer.worker, lost)
      this.#logger.warn(`[jobqueue] ${lost.length} jobs were given back: the answer of their claim was lost`)
    }
  }
}

function keyOf({ id, claim }: Pick<RunningRow, "id" | "claim">): string {
  return `${id}:${claim}`
}
