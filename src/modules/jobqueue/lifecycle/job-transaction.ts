/**
 * A job's own writes and its completion, committed together or not at all: `context.transaction(…)`. The completion is
 * the last statement before the commit, fenced like every other, so a run that lost its job writes nothing at all.
 */
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { Logger } from "@medusajs/framework/types"
import type { QueueBackend } from "../backend/contract"
import { lateTransaction, secondTransaction } from "../errors/transaction"
import { isLostConnection } from "../table/database"
import type { Conclusion, Settlement } from "../table/settle"
import { openTransaction } from "../table/transaction"
import { describeJob } from "./job-context"
import { pause } from "./pause"
import type { Reporter } from "./report"
import { JobAborted, type Run } from "./run"

const ASK_AGAIN_MILLISECONDS = 500

export interface TransactionDependencies {
  /** The application's own connections: what the job writes there may be any table of the shop. */
  application: Knex
  backend: Pick<QueueBackend, "completeIn" | "wasCompleted">
  reporter: Reporter
  logger: Logger
}

type Conclude = (returned: unknown) => Conclusion

export class JobTransaction {
  readonly #run: Run
  readonly #deps: TransactionDependencies
  readonly #conclude: Conclude
  #state: "none" | "open" | "committed" = "none"
  #settlement: Settlement | undefined

  /** @param conclude - what the value that the work returns means for the job; it must complete it */
  constructor(run: Run, deps: TransactionDependencies, conclude: Conclude) {
    this.#run = run
    this.#deps = deps
    this.#conclude = conclude
  }

  /** Set when the job is completed: whatever comes after that changes nothing. */
  get committed(): Settlement | undefined {
    return this.#state === "committed" ? this.#settlement : undefined
  }

  async run<T>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    if (this.#state !== "none") {
      throw secondTransaction(this.#run.claimed.identifier)
    }
    this.#refuseLate()
    this.#state = "open"
    try {
      const value = await this.#commit(work)
      this.#state = "committed"
      this.#deps.reporter.close(this.#run)
      return value
    } catch (error) {
      this.#deps.reporter.release(this.#run)
      this.#state = "none" // rolled back: the work may be tried again in the same perform
      throw error
    }
  }

  async #commit<T>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    let done: { value: T } | undefined
    try {
      await this.#deps.application.transaction(async (trx) => {
        const value = await work(trx)
        await this.#complete(trx, value)
        done = { value }
      })
    } catch (error) {
      if (!done || !isLostConnection(error) || !(await this.#wasCommitted(error as Error))) {
        throw error
      }
    }
    return (done as { value: T }).value
  }

  /** The outcome of a run that is over was decided without it. */
  #refuseLate(): void {
    const { isOver, cause, claimed } = this.#run
    if (isOver) {
      throw cause ? new JobAborted(cause) : lateTransaction(claimed.identifier)
    }
  }

  async #complete(trx: Knex.Transaction, value: unknown): Promise<void> {
    this.#refuseLate()
    await this.#deps.reporter.hold(this.#run)
    const transaction = await openTransaction({ transaction: trx })
    const { id, claim, keep, attempt } = this.#run.claimed
    const mayHaveReported = this.#deps.reporter.mayHaveReported(this.#run)
    const conclusion = this.#conclude(value)
    const settlement: Settlement = { id, claim, keep, attempt, worker: "", mayHaveReported, conclusion }
    if (!transaction || !(await this.#deps.backend.completeIn(transaction.sql, settlement))) {
      throw new JobAborted(this.#run.cause ?? "lost")
    }
    this.#settlement = settlement
  }

  /** The answer of the commit was lost: asked until the database says what became of it. */
  async #wasCommitted(cause: Error): Promise<boolean> {
    const { id, claim } = this.#run.claimed
    const { backend, logger } = this.#deps
    logger.warn(
      `${describeJob(this.#run.claimed)}: the answer of its commit was lost (${cause.message}); asking what became of it`
    )
    for (;;) {
      try {
        return await backend.wasCompleted(id, claim)
      } catch (error) {
        if (this.#run.cause) {
          throw error
        }
        await pause(ASK_AGAIN_MILLISECONDS)
      }
    }
  }
}
