/**
 * Lets jobs go on that have not finished. Those that wait for a callback get their deadline, and their row of
 * `jobqueue_callback`, which says what the deadline means; all others are moved on by `settle.ts`.
 */
import { isFinished } from "../job/states"
import type { Sql } from "./database"
import {
  fence,
  finishJobs,
  INPUT,
  moveOnJobs,
  parameters,
  type SettledFrom,
  type SettledRow,
  type Settlement,
} from "./settle"

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
returning job_id as id, 'waiting' as state`

const WAIT = { running: wait("running"), waiting: wait("waiting") }

/** Retrying, scheduled, held, pending again, or waiting. Answers those that were moved. */
export async function settleUnfinished(
  sql: Sql,
  batch: readonly Settlement[],
  from: SettledFrom = "running"
): Promise<SettledRow[]> {
  const waiting = batch.filter(({ conclusion }) => conclusion.state === "waiting")
  const others = batch.filter(({ conclusion }) => conclusion.state !== "waiting")
  const moved = others.length > 0 ? await moveOnJobs(sql, others, from) : []
  if (waiting.length === 0) {
    return moved
  }
  return [...moved, ...(await sql.query<SettledRow>(WAIT[from], parameters(waiting)))]
}

/** Ends the waiting of jobs, or gives them a new deadline. Answers those that were still waiting. */
export async function settleWaiting(sql: Sql, batch: readonly Settlement[]): Promise<SettledRow[]> {
  const finished = batch.filter(({ conclusion }) => isFinished(conclusion.state))
  const others = batch.filter(({ conclusion }) => !isFinished(conclusion.state))
  const ended = finished.length > 0 ? await finishJobs(sql, finished, "waiting") : []
  return [...ended, ...(await settleUnfinished(sql, others, "waiting"))]
}
