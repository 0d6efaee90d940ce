/**
 * Moves the clock of a test: because the database's clock decides everywhere, time passes by moving all that was written
 * into the past. The leases of worker processes stay: they live by the real clock.
 */
import type { Database } from "./database"

const TIMES: Readonly<Record<string, readonly string[]>> = {
  jobqueue_request: ["created_at"],
  jobqueue_live: ["run_at", "created_at", "claimed_at", "updated_at"],
  jobqueue_outcome: ["created_at", "run_at", "started_at", "finished_at"],
  jobqueue_attempt: ["started_at", "finished_at"],
  jobqueue_action: ["created_at"],
  jobqueue_progress: ["updated_at"],
  jobqueue_log: ["logged_at"],
  jobqueue_callback: ["due_at", "used_at", "created_at"],
}

/** As if `milliseconds` had passed. */
export function shiftTime(database: Database, milliseconds: number): Promise<void> {
  return database.transaction(async (sql) => {
    for (const [table, columns] of Object.entries(TIMES)) {
      const moved = columns.map((column) => `${column} = ${column} - $1 * interval '1 millisecond'`)
      await sql.query(`update ${table} set ${moved.join(", ")}`, [milliseconds])
    }
  })
}

const NEXT = `
select extract(epoch from min(run_at) - now()) * 1000 as milliseconds from jobqueue_live
where state in ('scheduled', 'retrying') and ($1::text[] is null or queue = any($1))`

/** Milliseconds until the next job is due, 0 when one is; undefined when none waits for its time. */
export async function untilNextDue(
  sql: Pick<Database, "query">,
  queues: readonly string[] | undefined
): Promise<number | undefined> {
  const [row] = await sql.query<{ milliseconds: string | null }>(NEXT, [queues ?? null])
  return row.milliseconds === null ? undefined : Math.max(0, Number(row.milliseconds))
}
