/**
 * Settle: the last step. Collects the settlements of a process and writes them many at a time: whatever came
 * while one batch was on its way is the next batch, so an idle worker waits for nothing. A batch is kept over
 * an outage and sent again until it is written; only the end of the process ends that.
 */
import type { Logger } from "@medusajs/framework/types"
import type { Deviation, QueueBackend } from "../backend/contract"
import type { SettledState } from "../job/states"
import type { Settlement } from "../table/settle"
import { workerOf } from "./claim"
import { pause } from "./pause"
import type { Run } from "./run"

/**
 * Jobs in one statement: longer ones gain nothing more and hold their rows longer. As many as a claim brings at most by
 * default: with 500, each claim of 512 left a commit for the 12 others.
 */
const BATCH_LIMIT = 512

/**
 * Small batches don't follow each other sooner, so that a steady stream of jobs does not cost a commit each: at 500 jobs
 * a second the server needs 33 % of a core, and 39 % without. The first after a pause is written at once, and a large one never waits.
 */
const SPACING_MILLISECONDS = 8
const LARGE = 50

/** Outcomes that wait to be written: beyond this the process claims nothing more. */
const BACKLOG_LIMIT = 2000

const FIRST_RETRY_MILLISECONDS = 100
const LONGEST_RETRY_MILLISECONDS = 5000

interface Entry {
  settlement: Settlement
  run: Run
}

/** `became` is undefined when the settlement was given up: nobody knows whether it was written. */
type OnWritten = (run: Run, settlement: Settlement, became: SettledState | "refused" | undefined) => void

export type Settling = Pick<QueueBackend, "settle">

export class Settler {
  readonly #backend: Settling
  readonly #logger: Logger
  readonly #onWritten: OnWritten
  readonly #givingUp = new AbortController()
  #waiting: Entry[] = []
  #isWriting = false
  #begunAt = -Infinity

  /** @param onWritten - told of each run whose settlement is written, or refused because the job is another's by now */
  constructor(backend: Settling, logger: Logger, onWritten: OnWritten) {
    this.#backend = backend
    this.#logger = logger
    this.#onWritten = onWritten
  }

  push(run: Run, settlement: Settlement): void {
    this.#waiting.push({ run, settlement })
    if (!this.#isWriting) {
      this.#isWriting = true
      setImmediate(() => void this.#writeAll()) // all that ends in this tick comes into the first batch
    }
  }

  /** True while the database takes outcomes slower than they come. */
  get isBehind(): boolean {
    return this.#waiting.length > BACKLOG_LIMIT
  }

  /** Sends nothing again from now on: what is not written yet is left to the rescue, and runs again. */
  giveUp(): void {
    this.#givingUp.abort()
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      if (this.#waiting.length < LARGE) {
        await pause(this.#begunAt + SPACING_MILLISECONDS - performance.now(), this.#givingUp.signal)
      }
      this.#begunAt = performance.now()
      await this.#writeBatch(this.#nextBatch())
    }
    this.#isWriting = false
  }

  /**
   * Of one worker id: the fence of a batch asks for one of its tokens, which is exact because a process holds a job
   * under one token at a time, until it is declared dead and goes on under another id.
   */
  #nextBatch(): Entry[] {
    const batch = this.#waiting.slice(0, BATCH_LIMIT)
    const worker = workerOf(batch[0].settlement.claim)
    const stranger = batch.findIndex(({ settlement }) => workerOf(settlement.claim) !== worker)
    return this.#waiting.splice(0, stranger < 0 ? batch.length : stranger)
  }

  async #writeBatch(entries: readonly Entry[]): Promise<void> {
    const deviations = await this.#send(entries.map(({ settlement }) => settlement))
    for (const { settlement, run } of entries) {
      const became = deviations && (deviations.get(settlement.id) ?? settlement.conclusion.state)
      if (became === "refused") {
        this.#logger.warn(
          `[jobqueue] job #${settlement.id} (attempt ${settlement.attempt}): its outcome "${settlement.conclusion.state}" was refused, ` +
            "because this process lost the job in between (its lease ran out, or the job was rescued)"
        )
      }
      this.#onWritten(run, settlement, became)
    }
  }

  /** What did not come as asked; undefined when the batch was given up. */
  async #send(batch: readonly Settlement[]): Promise<ReadonlyMap<number, Deviation> | undefined> {
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
