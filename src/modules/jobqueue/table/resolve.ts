/**
 * Resolving a waiting job: one resolver at a time takes it, by a lease on its callback's row, and writes what came of the
 * callback, fenced by the token that the job's settle left on its row.
 */
import type { JobState, RecordedAction } from "../job/states"
import type { Job } from "../job/job"
import { ClaimedJob, PACKED } from "./claimed-job"
import type { Handover } from "./callback"
import type { Database, Sql } from "./database"
import type { Actor } from "./repair-request"
import type { Settlement } from "./settle"
import { statement } from "./statement"
import { settleWaiting } from "./wait"

/** A job that waits for its callback, as its resolver holds it. */
export class WaitingJob extends ClaimedJob {
  /** `host:pid` of the process that performed the attempt. */
  readonly worker: string
  /** As JSON: what came before the job waited; null when nothing did. */
  readonly kept: string | null

  constructor(row: readonly unknown[]) {
    const [claim, queue, worker, kept] = row.slice(CLAIMED_COLUMNS) as [number, string, string, string | null]
    super(row, { claim, queue })
    this.worker = worker
    this.kept = kept
  }

  override get job(): Job {
    return { ...super.job, state: "waiting" }
  }
}

/** As many as `ClaimedJob` reads. */
const CLAIMED_COLUMNS = 3

const BEGIN = statement(
  "resolve",
  `
with mine as (
  update jobqueue_callback k
  set resolver = $4, resolving_until = now() + $5 * interval '1 millisecond'
  from jobqueue_live l
  where l.id = $1 and l.state || '' = 'waiting' and k.job_id = l.id and k.claim = l.claim
    and ($2::bigint is null or l.claim = $2) and (not $3 or k.due_at <= now())
    and (k.resolving_until is null or k.resolving_until <= now())
  returning k.job_id, k.claim, k.worker, k.data
)
select c.id, c.attempts, ${PACKED}, m.claim, c.queue, m.worker, m.data
from mine m join jobqueue_live c on c.id = m.job_id join jobqueue_request r on r.id = m.job_id`
)

export async function beginResolving(sql: Sql, handover: Handover): Promise<WaitingJob | undefined> {
  const { id, claim = null, isKept, resolver, lease } = handover
  const { rows } = await sql.run(BEGIN, [id, claim, isKept, resolver, lease])
  return rows.length > 0 ? new WaitingJob(rows[0]) : undefined
}

const FREE = `
update jobqueue_callback
set resolver = null, resolving_until = null,
  due_at = case when due_at is not null then now() + $4 * interval '1 millisecond' end
where job_id = $1 and claim = $2 and resolver = $3`

export async function freeWaiting(
  sql: Sql,
  { id, claim }: Pick<WaitingJob, "id" | "claim">,
  resolver: string,
  pause: number
): Promise<void> {
  await sql.query(FREE, [id, claim, resolver, pause])
}

export interface Resolution {
  settlement: Settlement
  resolver: string
  action: Extract<RecordedAction, "resolve" | "reject">
  actor: Actor | undefined
}

const LOCK = `select state from jobqueue_live where id = $1 and claim = $2 for update`

// While the job goes on waiting, its address may be used again.
const USE = `
update jobqueue_callback
set used_at = case when $4 then null else now() end, data = null, due_at = null, resolver = null, resolving_until = null
where job_id = $1 and claim = $2 and resolver = $3
returning job_id`

const RECORD = `
insert into jobqueue_action (job_id, action, from_state, to_state, actor_type, actor_id)
values ($1, $2, 'waiting', $3, $4, $5)`

/** The live row is locked first, as by everybody else who ends the waiting. */
export function endResolving(database: Database, resolution: Resolution): Promise<boolean> {
  const { settlement, resolver, action, actor } = resolution
  const { id, claim, conclusion } = settlement
  const goesOnWaiting = conclusion.state === "waiting"
  return database.transaction(async (sql) => {
    const [live] = await sql.query<{ state: JobState }>(LOCK, [id, claim])
    if (live?.state !== "waiting") {
      return false
    }
    if ((await sql.query(USE, [id, claim, resolver, goesOnWaiting])).length === 0) {
      return false
    }
    await settleWaiting(sql, [settlement])
    if (!goesOnWaiting) {
      await sql.query(RECORD, [id, action, conclusion.state, actor?.type ?? null, actor?.id ?? null])
    }
    return true
  })
}

const STATE = `
select coalesce((select state from jobqueue_live where id = $1), (select state from jobqueue_outcome where id = $1)) as state`

/** Undefined when there is no such job. */
export async function stateOf(sql: Sql, id: number): Promise<JobState | undefined> {
  const [{ state }] = await sql.query<{ state: JobState | null }>(STATE, [id])
  return state ?? undefined
}
