/** Stands in for the database: keeps what a verb would have sent, and answers just enough for it to go on. */
import type { Database } from "../src/modules/jobqueue/table/database"

/** A pool or a connection; a transaction in it is one on it. */
export type AnySql = Pick<Database, "query" | "run" | "transaction">

export interface Statement {
  /** Under which the queue prepares it, if it does. */
  name?: string
  text: string
  values: readonly unknown[]
}

const ROW = { id: 1, name: "host:1", locked: true, count: 0, finished_us: 0 }
const ARRAY_ROW = [1, true, "2026-01-01 00:00:00+00", "2026-01-01 00:00:00+00"]

/** The statements on the queue's tables, as one performing of the verb sends them. */
export async function statementsOf(perform: (sql: AnySql) => Promise<unknown>): Promise<Statement[]> {
  const sent: Statement[] = []
  const recorder: AnySql = {
    query: async <Row>(text: string, values: readonly unknown[] = []) => {
      sent.push({ text, values })
      return [ROW] as Row[]
    },
    run: async ({ name, text }, values) => {
      sent.push({ name, text, values })
      return { rows: [ARRAY_ROW], count: 1 }
    },
    transaction: (work) => work(recorder),
  }
  await perform(recorder)
  return sent.filter(({ text }) => /jobqueue_/.test(text))
}
