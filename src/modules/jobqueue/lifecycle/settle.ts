/**
 * Settle: the last step. Collects the settlements of a process and writes them many at a time: whatever came
 * while one batch was on its way is the next batch, so an idle worker waits for nothing. A batch is kept over
 * an outage and sent again until it is written; only the end of the process ends that.
 */
import type { Logger } from "@medusajs/framework/types"
import type { QueueBackend } from "../backend/contract"
import type { Settlement } from "../table/settle"
import { pause } from "./pause"

/** Jobs in one statement: longer ones gain nothing more and hold their rows longer. */
const BATCH_LIMIT = 500

const FIRST_RETRY_MILLISECONDS = 100
const LONGEST_RETRY_MILLISECONDS = 5000

interface Entry {
  settlement: Settlement
  done: () => void
}

export class Settler {
  readonly #backend: QueueBackend
  readonly #logger: Logger
  readonly #givingUp = new AbortController()
  #waiting: Entry[] = []
  #isWriting = false

  constructor(backend: QueueBackend, logger: Logger) {
    this.#backend = backend
    this.#logger = logger
  }

  /** Resolves when the settlement is written, or was refused because the job is another worker's by now. */
  push(settlement: Settlement): Promise<void> {
    return new Promise((done) => {
      this.#waiting.push({ settlement, done })
      if (!this.#isWriting) {
        this.#isWriting = true
        void this.#writeAll()
      }
    })
  }

  /** Sends nothing again from now on: what is not written yet is left to the rescue, and runs again. */
  giveUp(): void {
    this.#givingUp.abort()
  }

  /** Lets all that ends in this tick come into the first batch. */
  async #writeAll(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0) {
      await this.#writeBatch(this.#waiting.splice(0, BATCH_LIMIT))
    }
    this.#isWriting = false
  }

  async #writeBatch(entries: readonly Entry[]): Promise<void> {
    const settled = await this.#send(entries.map(({ settlement }) => settlement))
    for (const { settlement, done } of entries) {
      if (settled && !settled.has(settlement.id)) {
        this.#logger.warn(
          `[jobqueue] job #${settlement.id} (attempt ${settlement.attempt}): its outcome "${settlement.state}" was refused, ` +
            "because this process lost the job in between (its lease ran out, or the job was rescued)"
        )
      }
      done()
    }
  }

  /** The ids that were settled; undefined when the batch was given up. */
  async #send(batch: readonly Settlement[]): Promise<Set<number> | undefined> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#backend.settle(batch, attempt > 0)
      } catch (error) {
        if (this.#givingUp.signal.aborted) {
          this.#logger.error(
            `[jobqueue] ${batch.length} outcomes are given up: their jobs run again`,
            error as Error
          )
          return undefined
        }
        const wait = Math.min(LONGEST_RETRY_MILLISECONDS, FIRST_RETRY_MILLISECONDS * 2 ** attempt)
        this.#logger.error(
          `[jobqueue] ${batch.length} outcomes could not be written; they are kept and sent again in ${wait} ms`,
          error as Error
        )
        await pause(wait, this.#givingUp.signal)
      }
    }
  }
}
