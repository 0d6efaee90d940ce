/**
 * Compares, once a second, what the table says that this process runs with what it really runs: a cancellation
 * that somebody asked for reaches the job's signal, and rows of a claim whose answer was lost are given back.
 */
import type { Logger } from "@medusajs/framework/types"
import type { QueueBackend } from "../backend/contract"
import type { Claimer } from "../lifecycle/claim"
import type { Run } from "../lifecycle/run"
import type { RunningRow } from "../table/claim"

export class Control {
  readonly #backend: QueueBackend
  /** Rows that nobody here knew at the last look. A second look tells a lost claim from one that just arrives. */
  #strangers = new Set<string>()

  constructor(backend: QueueBackend) {
    this.#backend = backend
  }

  async look(claimer: Claimer, runs: () => Iterable<Run>, logger: Logger): Promise<void> {
    const rows = await this.#backend.running(claimer.worker)
    const known = new Map(Array.from(runs(), (run) => [keyOf(run.claimed), run]))
    for (const row of rows.filter(({ cancel }) => cancel)) {
      known.get(keyOf(row))?.abort("canceled")
    }
    const strangers = rows.filter((row) => !known.has(keyOf(row)) && !claimer.isInFlight(row.claim))
    const lost = strangers.filter((row) => this.#strangers.has(keyOf(row)))
    this.#strangers = new Set(strangers.map(keyOf))
    if (lost.length > 0) {
      await this.#backend.release(
        claimer.worker,
        lost.map(({ id }) => id)
      )
      logger.warn(`[jobqueue] ${lost.length} jobs were given back: the answer of their claim was lost`)
    }
  }
}

function keyOf({ id, claim }: Pick<RunningRow, "id" | "claim">): string {
  return `${id}:${claim}`
}
