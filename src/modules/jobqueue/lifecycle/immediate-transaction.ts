/**
 * `context.transaction(…)` of a job that has no row: there is none to complete, so the commit of its own writes alone
 * is its completion.
 */
import type { QueueBackend } from "../backend/contract"
import type { Sql } from "../table/database"
import { hasCommitted, transactionId } from "../table/performed"
import type { Conclusion, Settlement } from "../table/settle"
import { pause } from "./pause"

const ASK_AGAIN_MILLISECONDS = 200

export class ImmediateTransaction implements Pick<QueueBackend, "completeIn" | "wasCompleted"> {
  readonly #sql: Sql
  #id = ""
  /** What the transaction came to, if there was one. */
  conclusion: Conclusion | undefined

  constructor(sql: Sql) {
    this.#sql = sql
  }

  async completeIn(transaction: Sql, { conclusion }: Settlement): Promise<boolean> {
    this.#id = await transactionId(transaction)
    this.conclusion = conclusion
    return true
  }

  async wasCompleted(): Promise<boolean> {
    for (;;) {
      const committed = await hasCommitted(this.#sql, this.#id)
      if (committed !== undefined) {
        return committed
      }
      await pause(ASK_AGAIN_MILLISECONDS)
    }
  }
}
