/**
 * Writes completions, many at a time: what most jobs come to, with the least that says so. A job whose cancellation
 * was asked for is left to the general statement.
 */
import { attemptsOf } from "./attempts"
import { forgettingBelongings } from "./belongings"
import type { Sql } from "./database"
import { forgettingReports } from "./report-rows"
import type { Settlement } from "./settle"
import { statement } from "./statement"

// Only "id = any" may be an access path. A join for the fence turned into a scan of the table under bad statistics
// (53 to 1,612 ms for 500 rows), and "state = 'running'" would let the planner take the partial index on running jobs
// instead (2 ms a job); only a running row has a worker. The tokens are those of one worker id, which holds a job under
// one token at a time, so "one of these" is exact (0.16 CPU-s per 10,000 jobs, 0.17 by pairs in a jsonb).
const MINE = `id = any($1) and claim = any($2) and worker is not null and not cancel`

const completing = (result: string) => `
with settled as (
  delete from jobqueue_live where ${MINE}
  returning id, claim, worker, attempts, max_attempts, priority, queue, identifier, created_at, run_at, claimed_at
)
insert into jobqueue_outcome (id, claim, worker, state, attempts, max_attempts, priority, queue, identifier,
  created_at, run_at, started_at, finished_at, result)
select id, claim, worker, 'completed', attempts, max_attempts, priority, queue, identifier,
  created_at, run_at, claimed_at, now(), ${result}
from settled`

/** Exported for the plan tests, like the three others. */
export const COMPLETE = statement("complete", completing("null::json"))

export const COMPLETE_WITH_RESULTS = statement(
  "complete_results",
  completing("($3::json[])[array_position($1, id)]")
)

// The whole job goes with its completion: of a class that keeps nothing.
const forgetting = (more: string) => `
with settled as (
  delete from jobqueue_live where ${MINE} returning id
), attempt as (
  delete from jobqueue_attempt where ${attemptsOf("settled")}
)${forgettingBelongings("settled")}${more}
delete from jobqueue_request where id = any(array(select id from settled))`

export const FORGET = statement("forget", forgetting(""))

// Looking for reports costs as much as half of all the rest where other jobs have reported (0.8 ms for 500 jobs, 1.2 with
// it), so only those are looked for that there may be.
export const FORGET_WITH_REPORTS = statement("forget_reports", forgetting(forgettingReports("settled")))

/** Answers how many were still held by their claim. */
export async function completeJobs(sql: Sql, batch: readonly Settlement[]): Promise<number> {
  const ids = idsOf(batch)
  if (batch.every(({ conclusion }) => conclusion.result === undefined)) {
    return (await sql.run(COMPLETE, [ids, tokensOf(batch)])).count
  }
  const results = batch.map(({ conclusion }) => toJson(conclusion.result))
  return (await sql.run(COMPLETE_WITH_RESULTS, [ids, tokensOf(batch), results])).count
}

/** Deletes completed jobs that keep nothing. Answers how many were still held by their claim. */
export async function forgetJobs(sql: Sql, batch: readonly Settlement[]): Promise<number> {
  const forget = batch.some(({ mayHaveReported }) => mayHaveReported) ? FORGET_WITH_REPORTS : FORGET
  return (await sql.run(forget, [idsOf(batch), tokensOf(batch)])).count
}

const HELD = `select from jobqueue_live where id = $1 and claim = $2 and worker is not null for update`

const COMPLETED = `
select exists (select from jobqueue_outcome where id = $1 and claim = $2 and state = 'completed')
  or not exists (select from jobqueue_request where id = $1) as completed`

/** The row's lock is waited for: whoever holds it is the transaction that may still commit. */
export async function wasCompleted(sql: Sql, id: number, claim: number): Promise<boolean> {
  if ((await sql.query(HELD, [id, claim])).length > 0) {
    return false
  }
  const [{ completed }] = await sql.query<{ completed: boolean }>(COMPLETED, [id, claim])
  return completed
}

/** As the text of an array: pg would escape number by number. */
function idsOf(batch: readonly Settlement[]): string {
  return `{${batch.map(({ id }) => id).join(",")}}`
}

function toJson(result: unknown): string | null {
  return result === undefined ? null : JSON.stringify(result)
}

function tokensOf(batch: readonly Settlement[]): number[] {
  return [...new Set(batch.map(({ claim }) => claim))]
}
