/** Holds jobs still for a person's action: in which state is each, and may it be changed now? */
import type { JobState } from "../job/states"
import type { Sql } from "./database"

export interface LockedJob {
  id: number
  state: JobState
  queue: string
  attempts: number
  max_attempts: number
}

export interface LockedJobs {
  /** In the order of the given ids. */
  locked: LockedJob[]
  /** Somebody else changes them at this moment. */
  busy: number[]
  missing: number[]
}

const locking = (table: string, otherwise: "skip locked" | "") => `
select id, state, queue, attempts, max_attempts from ${table} where id = any($1) order by id for update ${otherwise}`

const EXISTING = `select id from jobqueue_request where id = any($1)`

/** Of many: those that nobody holds. It waits for nobody while it holds some, so that it can be in no deadlock. */
export async function lockFreeJobs(sql: Sql, ids: readonly number[]): Promise<LockedJobs> {
  const byId = new Map<number, LockedJob>()
  const left = () => ids.filter((id) => !byId.has(id))
  for (const table of ["jobqueue_live", "jobqueue_outcome"]) {
    if (left().length > 0) {
      const rows = await sql.query<LockedJob>(locking(table, "skip locked"), [left()])
      rows.forEach((row) => byId.set(row.id, row))
    }
  }
  const existing = left().length > 0 ? await sql.query<{ id: number }>(EXISTING, [left()]) : []
  const busy = existing.map(({ id }) => id)
  return {
    locked: ids.flatMap((id) => byId.get(id) ?? []),
    busy,
    missing: left().filter((id) => !busy.includes(id)),
  }
}

// A job that finishes meanwhile has left the first table, one that somebody retries meanwhile the second.
const WAY = ["jobqueue_live", "jobqueue_outcome", "jobqueue_live"]

/** One job: waits for whoever claims or settles it right now. */
export async function lockJob(sql: Sql, id: number, milliseconds: number): Promise<LockedJob | undefined> {
  await sql.query(`select set_config('lock_timeout', $1, true)`, [String(milliseconds)])
  for (const table of WAY) {
    const [row] = await sql.query<LockedJob>(locking(table, ""), [[id]])
    if (row) {
      return row
    }
  }
  return undefined
}

const LOCK_NOT_AVAILABLE = "55P03"

/** True when the lock was waited for in vain. */
export function isOverLockTime(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === LOCK_NOT_AVAILABLE
}
