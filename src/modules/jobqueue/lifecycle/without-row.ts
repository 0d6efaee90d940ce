/**
 * What a job's context does while the job has no row: the commit of its own writes alone is its completion, what it
 * reports is written nowhere, and nobody can call it back.
 */
import type { Logger } from "@medusajs/framework/types"
import type { QueueBackend } from "../backend/contract"
import { noCallbackYet } from "../errors/callback"
import type { Sql } from "../table/database"
import { hasCommitted, transactionId } from "../table/performed"
import { pause } from "./pause"
import { Reporter } from "./report"
import type { Run } from "./run"

const ASK_AGAIN_MILLISECONDS = 200

export class ImmediateBackend implements Pick<
  QueueBackend,
  "completeIn" | "wasCompleted" | "report" | "progressOf"
> {
  readonly #sql: Sql
  #id = ""

  constructor(sql: Sql) {
    this.#sql = sql
  }

  async completeIn(transaction: Sql): Promise<boolean> {
    this.#id = await transactionId(transaction)
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

  report(): Promise<never[]> {
    return Promise.resolve([])
  }

  progressOf(): Promise<null> {
    return Promise.resolve(null)
  }
}

/** In place of what an attempt with a row is performed with. */
export function withoutRow({ database, logger }: { database: Sql; logger: Logger }) {
  const backend = new ImmediateBackend(database)
  return { backend, reporter: new Reporter(backend, logger), openAddress: refuseAddress }
}

function refuseAddress({ claimed }: Run): Promise<never> {
  return Promise.reject(noCallbackYet(claimed.identifier))
}
