/**
 * Lets jobs go on that have not finished. Those that wait for a callback get their deadline, and their row of
 * `jobqueue_callback`, which says what the deadline means; all others are moved on by `settle.ts`.
 */
import { isFinished } from "../job/states"
import type { Sql } from "./database"
import { fence, finishJobs, INPUT, moveOnJobs, parameters, type SettledFrom, type Settlement } from "./settle"

const wait = (from: SettledFrom) => `
with settled as (
  update jobqueue_live t
  set state = 'waiting', worker = null, begun = false, reason = null, updated_at = now(),
    run_at = (select now() + s.delay * interval '1 millisecond' from ${INPUT})
  where ${fence(from)} and not t.cancel
  returning t.id, t.claim
)
insert into jobqueue_callback (job_id, claim, worker, on_timeout)
select t.id, t.claim, s.worker, s."onTimeout" from settled t cross join lateral ${INPUT}
on conflict (job_id, claim) do update set on_timeout = excluded.on_timeout
returning job_id as id`

const WAIT = { running: wait("running"), waiting: wait("waiting") }

/** Retrying, scheduled, held, pending again, or waiting. Answers the ids that were moved. */
export async function settleUnfinished(
  sql: Sql,
  batch: readonly Settlement[],
  from: SettledFrom = "running"
): Promise<number[]> {
  const waiting = batch.filter(({ conclusion }) => conclusion.state === "waiting")
  const others = batch.filter(({ conclusion }) => conclusion.state !== "waiting")
  const moved = others.length > 0 ? await moveOnJobs(sql, others, from) : []
  if (waiting.length === 0) {
    return moved
  }
  const rows = await sql.query<{ id: number }>(WAIT[from], parameters(waiting))
  return [...moved, ...rows.map(({ id }) => id)]
}

/** Ends the waiting of jobs, or gives them a new deadline. Answers the ids that were still waiting. */
export async function settleWaiting(sql: Sql, batch: readonly Settlement[]): Promise<number[]> {
  const finished = batch.filter(({ conclusion }) => isFinished(conclusion.state))
  const others = batch.filter(({ conclusion }) => !isFinished(conclusion.state))
  const ended = finished.length > 0 ? await finishJobs(sql, finished, "waiting") : []
  return [...ended, ...(await settleUnfinished(sql, others, "waiting"))]
}
