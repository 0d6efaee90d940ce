/** Where jobs stand that have not finished. */
import type { LiveState } from "../job/states"
import type { Sql } from "./database"

/** The states of those of `ids` that are alive, in no order. */
export async function readLiveStates(sql: Sql, ids: readonly number[]): Promise<LiveState[]> {
  const rows = await sql.query<{ state: LiveState }>(`select state from jobqueue_live where id = any($1)`, [
    ids,
  ])
  return rows.map(({ state }) => state)
}

const PENDING_QUEUES = `
select distinct queue from jobqueue_live
where state = 'pending' and identifier = any($1) and ($2::text[] is null or queue = any($2))`

/** The queues that have pending jobs of these identifiers; of all queues when none are named. */
export async function listPendingQueues(
  sql: Sql,
  identifiers: readonly string[],
  queues: readonly string[] | undefined
): Promise<string[]> {
  const rows = await sql.query<{ queue: string }>(PENDING_QUEUES, [identifiers, queues ?? null])
  return rows.map(({ queue }) => queue)
}
