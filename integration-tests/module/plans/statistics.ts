/**
 * What the planner may believe of the tables while they hold a million jobs. Each belief is made by a real `analyze`
 * of small tables of the same form, whose statistics are then given to the full ones. Needs a superuser.
 */
import type { Client } from "@medusajs/framework/pg"

const TABLES = [
  "jobqueue_live",
  "jobqueue_request",
  "jobqueue_outcome",
  "jobqueue_attempt",
  "jobqueue_progress",
  "jobqueue_log",
  "jobqueue_unique",
  "jobqueue_resource",
]

const live = (state: string, count = 20_000) => `
insert into past.jobqueue_live (id, seq, run_at, created_at, updated_at, state, queue, identifier, priority, max_attempts)
select n, 0, now() + n * interval '1 second', now(), now(), ${state}, 'default', 'known.one', 100, 25
from generate_series(1, ${count}) n`

const REQUESTS = `
insert into past.jobqueue_request (id, queue, identifier, name, context, payload, backoff)
select n, 'default', 'known.one', 'job', '{}', '{}', '{}' from generate_series(1, 40000) n`

const OUTCOMES = `
insert into past.jobqueue_outcome (id, state, attempts, max_attempts, priority, queue, identifier, created_at, run_at, finished_at)
select n, 'completed', 1, 25, 100, 'default', 'known.one', now(), now(), now() - n * interval '1 second'
from generate_series(20001, 40000) n`

// All of one job: the planner thinks that any job has thousands.
const ATTEMPTS = `
insert into past.jobqueue_attempt (job_id, claim, attempt, outcome, worker, started_at, finished_at)
select 1, n, n, 'retrying', 'host:1', now(), now() from generate_series(1, 5000) n`

const REPORTS = `
insert into past.jobqueue_progress (job_id, attempt, done, updated_at) select 1, 1, 1, now()`

const LINES = `
insert into past.jobqueue_log (job_id, claim, line, attempt, message, logged_at)
select 1, n / 200, n, 1, 'sent', now() from generate_series(1, 4000) n`

/** By the moment of the last analyze: what the tables held then. */
export const PAST: Record<string, readonly string[]> = {
  "when they were empty": [],
  "when all were scheduled or finished": [live("'scheduled'"), REQUESTS, OUTCOMES, ATTEMPTS, REPORTS, LINES],
  "when one in a hundred was pending": [
    live("(array['scheduled', 'pending'])[(n % 100 = 0)::int + 1]"),
    REQUESTS,
    OUTCOMES,
    ATTEMPTS,
    REPORTS,
    LINES,
  ],
  "when all were pending": [live("'pending'"), REQUESTS],
}

export async function believe(client: Client, past: readonly string[]): Promise<void> {
  await client.query("create schema past")
  for (const table of TABLES) {
    await client.query(`create table past.${table} (like public.${table} including all)`)
  }
  for (const statement of past) {
    await client.query(statement)
  }
  for (const table of TABLES) {
    await client.query(`analyze past.${table}`)
    for (const statement of HAND_OVER) {
      await client.query(statement.replaceAll("TABLE", table))
    }
  }
  await client.query("drop schema past cascade")
}

const HAND_OVER = [
  `delete from pg_statistic where starelid = 'public.TABLE'::regclass`,
  `update pg_statistic set starelid = 'public.TABLE'::regclass where starelid = 'past.TABLE'::regclass`,
  `update pg_class c set reltuples = p.reltuples, relpages = p.relpages
   from pg_class p where c.oid = 'public.TABLE'::regclass and p.oid = 'past.TABLE'::regclass`,
  `update pg_class c set reltuples = p.reltuples, relpages = p.relpages
   from pg_index i, pg_index j, pg_class p
   where c.oid = i.indexrelid and p.oid = j.indexrelid
     and i.indrelid = 'public.TABLE'::regclass and j.indrelid = 'past.TABLE'::regclass
     and i.indkey::text = j.indkey::text
     and pg_get_expr(i.indpred, i.indrelid) is not distinct from pg_get_expr(j.indpred, j.indrelid)`,
]
