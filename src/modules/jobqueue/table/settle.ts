/**
 * Writes what came of claimed jobs, many at a time, when it is more than a completion. Every row is fenced by the
 * token of its claim: a stale worker changes nothing. The only access path is `id = any(…)`, as in `complete.ts`.
 */
import type { OnTimeout } from "../job/outcome"
import type { SettledState } from "../job/states"
import type { ThrownRecord } from "../job/thrown"
import { attemptsOf, KEPT_ATTEMPTS, oldAttemptsOf } from "./attempts"
import { forgettingBelongings } from "./belongings"
import type { Sql } from "./database"
import { forgettingReports } from "./report-rows"

/** What the end of a performing means for the job. */
export interface Conclusion {
  state: SettledState
  /** Milliseconds until it may run again, for `retrying` and `scheduled`. */
  delay: number
  /** True when the attempt does not count (a snooze, a shutdown). */
  uncounted: boolean
  /** True when it is given back by a system fault, which is limited. */
  refunded: boolean
  reason: string | null
  result: unknown
  error: ThrownRecord | null
  /** What its deadline means, for `waiting`. */
  onTimeout?: OnTimeout
}

export interface Settlement {
  id: number
  claim: number
  /** The attempt that this settles. */
  attempt: number
  /** `host:pid`, kept with the attempt. */
  worker: string
  keep: boolean
  /** Of a job that keeps nothing: this or an earlier attempt may have left progress or log lines. Default false. */
  mayHaveReported?: boolean
  conclusion: Conclusion
}

/** What the row is before: held by a worker, or waiting for its callback. */
export type SettledFrom = "running" | "waiting"

export const INPUT = `jsonb_to_record($2::jsonb -> t.id::text) as s(
    attempt int, state text, worker text, delay float8, uncounted boolean, refunded boolean, reason text,
    result json, keep boolean, error_name text, error_message text, error_stack text, "onTimeout" text)`

const IS_MINE = `($2::jsonb -> t.id::text ->> 'claim')::bigint = t.claim`

// The state as an expression, so that the partial index on timed jobs is no way in. A waiting row keeps the token of the
// attempt that handed its work over.
const IS_AS_BEFORE: Record<SettledFrom, string> = {
  running: "t.worker is not null",
  waiting: "t.state || '' = 'waiting'",
}

export const fence = (from: SettledFrom) => `t.id = any($1) and ${IS_AS_BEFORE[from]} and ${IS_MINE}`

const LEAVES_ATTEMPT = `(s.error_name is not null or t.settled in ('failed', 'canceled', 'held'))`

const KEEP_ATTEMPTS = `
insert into jobqueue_attempt (job_id, claim, attempt, outcome, worker, started_at, finished_at,
  error_name, error_message, error_stack)
select t.id, t.claim, s.attempt, t.settled, s.worker, t.claimed_at, now(),
  s.error_name, s.error_message, s.error_stack
from settled t cross join lateral ${INPUT}
where ${LEAVES_ATTEMPT}
on conflict do nothing`

// Room for the one that this statement writes, which it does not see.
const FORGET_OLD_ATTEMPTS = `
delete from jobqueue_attempt where ${oldAttemptsOf(
  `(select t.id from settled t cross join lateral ${INPUT} where ${LEAVES_ATTEMPT}) job`,
  KEPT_ATTEMPTS - 1
)}`

// Of a class that keeps nothing: the whole job goes with its completion.
const FORGET = `
, unkept as (
  select t.id from settled t where t.settled = 'completed' and not ($2::jsonb -> t.id::text ->> 'keep')::boolean
), forgotten as (
  delete from jobqueue_request where id = any(array(select id from unkept))
), forgotten_attempt as (
  delete from jobqueue_attempt where ${attemptsOf("unkept")}
)${forgettingReports("unkept")}${forgettingBelongings("unkept")}`

// A cancellation that was asked for while the job ran wins over whatever its handler did.
const finish = (from: SettledFrom, forget: string) => `
with settled as (
  delete from jobqueue_live t where ${fence(from)}
  returning *, case when cancel then 'canceled' else $2::jsonb -> id::text ->> 'state' end as settled
), outcome as (
  insert into jobqueue_outcome (id, claim, worker, state, attempts, max_attempts, priority, queue, identifier,
    created_at, run_at, started_at, finished_at, result, reason)
  select t.id, t.claim, t.worker, t.settled, t.attempts, t.max_attempts, t.priority, t.queue, t.identifier,
    t.created_at, t.run_at, t.claimed_at, now(), s.result, coalesce(t.reason, s.reason)
  from settled t cross join lateral ${INPUT}
  where s.keep or t.settled <> 'completed'
), attempt as (${KEEP_ATTEMPTS}
), old_attempt as (${FORGET_OLD_ATTEMPTS}
)${forget}
select id, settled as state from settled`

const FINISH = { running: finish("running", ""), waiting: finish("waiting", "") }
const FINISH_AND_FORGET = { running: finish("running", FORGET), waiting: finish("waiting", FORGET) }

// The token stays on the row until the next claim: a settle that is sent again finds its own trace.
const moveOn = (from: SettledFrom) => `
with settled as (
  update jobqueue_live t
  set (state, run_at, seq, attempts, refunds, reason) = (
      select s.state, now() + s.delay * interval '1 millisecond',
        case when s.state = 'pending' then nextval('jobqueue_ready_seq') else t.seq end,
        t.attempts - s.uncounted::int, t.refunds + s.refunded::int, s.reason
      from ${INPUT}),
    worker = null, begun = false, updated_at = now()
  where ${fence(from)} and not t.cancel
  returning t.id, t.claim, t.claimed_at, t.state as settled
), attempt as (${KEEP_ATTEMPTS}
), old_attempt as (${FORGET_OLD_ATTEMPTS}
)
select id, settled as state from settled`

const MOVE_ON = { running: moveOn("running"), waiting: moveOn("waiting") }

/** A job whose row was still what it was before, and what it came to. */
export interface SettledRow {
  id: number
  state: string
}

/** Ends jobs as completed, failed or canceled. Answers those that still were what they were before. */
export function finishJobs(
  sql: Sql,
  batch: readonly Settlement[],
  from: SettledFrom = "running"
): Promise<SettledRow[]> {
  const statement = batch.every(({ keep }) => keep) ? FINISH : FINISH_AND_FORGET
  return sql.query<SettledRow>(statement[from], parameters(batch))
}

/** Lets jobs go on: retrying, scheduled, held, or pending again. Answers those that were moved. */
export function moveOnJobs(
  sql: Sql,
  batch: readonly Settlement[],
  from: SettledFrom = "running"
): Promise<SettledRow[]> {
  return sql.query<SettledRow>(MOVE_ON[from], parameters(batch))
}

// A completed job that keeps nothing leaves no trace: that it is gone is the trace.
const SETTLED_BEFORE = `
select t.id, 'completed' as state from unnest($1::bigint[]) t(id)
where ($2::jsonb -> t.id::text ->> 'state') = 'completed' and not ($2::jsonb -> t.id::text ->> 'keep')::boolean
  and not exists (select from jobqueue_request r where r.id = t.id)
union all
select t.id, t.state from jobqueue_outcome t where t.id = any($1) and ${IS_MINE}
union all
select t.id, t.state from jobqueue_live t where t.id = any($1) and t.state <> 'running' and ${IS_MINE}`

/** Of a batch that is sent again because an answer was lost: those that the first sending had settled. */
export function settledBefore(sql: Sql, batch: readonly Settlement[]): Promise<SettledRow[]> {
  return sql.query<SettledRow>(SETTLED_BEFORE, parameters(batch))
}

/** What the statements of a batch are given: its ids, and all else by id. */
export function parameters(batch: readonly Settlement[]): [number[], string] {
  const byId = batch.map(({ id, claim, attempt, worker, keep, conclusion: { error, ...conclusion } }) => [
    String(id),
    {
      ...conclusion,
      claim,
      attempt,
      worker,
      keep,
      error_name: error?.name ?? null,
      error_message: error?.message ?? null,
      error_stack: error?.stack ?? null,
    },
  ])
  return [batch.map(({ id }) => id), JSON.stringify(Object.fromEntries(byId))]
}
