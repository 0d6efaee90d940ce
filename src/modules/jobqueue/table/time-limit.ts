/** Reads that people wait for end in time, whatever they filter by: a search must never slow the shop down. */
import type { Database, Sql } from "./database"

const QUERY_CANCELED = "57014"

/** Runs `work`; the statement that takes longer than `milliseconds` is canceled by the server. */
export function withTimeLimit<T>(
  database: Pick<Database, "transaction">,
  milliseconds: number,
  work: (sql: Sql) => Promise<T>
): Promise<T> {
  return database.transaction(async (sql) => {
    await sql.query(`select set_config('statement_timeout', $1, true)`, [String(milliseconds)])
    return work(sql)
  })
}

export function isOverTimeLimit(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === QUERY_CANCELED
}
