/**
 * Fills the tables with a million pending jobs, and with what stands in a claim's way beside them: jobs of other
 * states, of other workers, and of identifiers that no worker knows. The real schema, filled as quickly as it can be.
 */
import type { Client } from "@medusajs/framework/pg"

export const QUEUE = "default"
export const KNOWN = ["known.one", "known.two"]
export const PRIORITIES = [10, 100, 500]

/** What one worker process holds, ready to be settled. */
export const HELD = {
  worker: 7,
  claim: 7_000_000_001,
  ids: Array.from({ length: 500 }, (_, n) => 1_200_007 + n * 10),
}

const IDENTIFIER = `(array['known.one', 'known.two', 'known.one', 'unknown'])[n % 4 + 1]`

const REQUESTS = `
insert into jobqueue_request (id, queue, identifier, name, store_id, resource_type, resource_id, context, payload, backoff)
select n, '${QUEUE}', ${IDENTIFIER}, 'job ' || n, 'store_' || n % 5,
  case when n % 100 = 0 then 'order' end, case when n % 100 = 0 then 'order_' || n end, '{}', '{}', '{}'
from generate_series(1, 1205000) n`

const FINISHED_REQUESTS = REQUESTS.replace("1, 1205000", "1205001, 1505000")

const columns = "id, seq, run_at, created_at, updated_at, state, queue, identifier, priority, max_attempts"

const PENDING = `
insert into jobqueue_live (${columns}, crashes)
select n, n, now(), now(), now(), 'pending', '${QUEUE}', ${IDENTIFIER}, (array[${PRIORITIES.join(", ")}])[n % 3 + 1], 25,
  case when n % 1000 = 0 then 1 + n / 1000 % 2 else 0 end
from generate_series(1, 1000000) n`

// Half of those that wait for their time are due.
const WAITING = `
insert into jobqueue_live (${columns})
select n, 0, now() + (n - 1100000) * interval '1 second', now(), now(),
  (array['scheduled', 'scheduled', 'retrying', 'held'])[n % 4 + 1], '${QUEUE}', ${IDENTIFIER}, 100, 25
from generate_series(1000001, 1200000) n`

const RUNNING = `
insert into jobqueue_live (${columns}, worker, claim, claimed_at, attempts, begun)
select n, n, now(), now(), now(), 'running', '${QUEUE}', 'known.one', 100, 25,
  n % 10, n % 10 * 1000000000::bigint + 1, now(), 1, true
from generate_series(1200001, 1205000) n`

const FINISHED = `
insert into jobqueue_outcome (id, claim, worker, state, attempts, max_attempts, priority, queue, identifier,
  created_at, run_at, started_at, finished_at)
select n, 1, 1, case when n % 10 = 0 then 'failed' else 'completed' end, 4, 25, 100, '${QUEUE}', ${IDENTIFIER},
  now() - interval '9 days', now(), now(), now() - (1505001 - n) * interval '2 seconds'
from generate_series(1205001, 1505000) n`

const ATTEMPTS = `
insert into jobqueue_attempt (job_id, claim, attempt, outcome, worker, started_at, finished_at, error_name, error_message)
select n, attempt, attempt, 'retrying', 'host:1', now(), now(), 'Error', 'not yet'
from generate_series(1205010, 1505000, 10) n, generate_series(1, 3) attempt`

const PROGRESS = `
insert into jobqueue_progress (job_id, attempt, done, updated_at)
select n, 1, 1, now() from generate_series(1200001, 1505000, 2) n`

const LOG = `
insert into jobqueue_log (job_id, claim, line, attempt, message, logged_at)
select n, 1, line, 1, 'sent', now() from generate_series(1200001, 1505000, 2) n, generate_series(1, 2) line`

const KEYS = `
insert into jobqueue_unique (identifier, key, job_id) select ${IDENTIFIER}, 'key_' || n, n from generate_series(1, 1505000, 10) n`

const RESOURCES = `
insert into jobqueue_resource (resource_type, resource_id, job_id)
select 'cart', 'cart_' || n / 5, n from generate_series(1, 1505000, 5) n`

const WORKERS = `
insert into jobqueue_worker (id, host, pid, version, queues, identifiers, lease_until)
select n, 'host', n, '0', '{${QUEUE}}', '{${KNOWN.join(",")}}', now() + interval '1 day' from generate_series(0, 9) n`

/** Nobody looks at the tables while they fill: what is known of them stays as it is. */
export async function keepStatistics(client: Client): Promise<void> {
  for (const table of ["live", "request", "outcome", "attempt", "progress", "log", "unique", "resource"]) {
    await client.query(`alter table jobqueue_${table} set (autovacuum_enabled = off)`)
  }
}

/** On two connections, because it takes seconds. */
export async function fillTables(one: Client, other: Client): Promise<void> {
  const all = async (client: Client, statements: readonly string[]) => {
    for (const statement of statements) {
      await client.query(statement)
    }
  }
  await Promise.all([
    all(one, [REQUESTS, FINISHED_REQUESTS]),
    all(other, [WORKERS, PENDING, WAITING, RUNNING, FINISHED, ATTEMPTS, PROGRESS, LOG, KEYS, RESOURCES]),
  ])
  await one.query("select setval('jobqueue_ready_seq', 2000000), setval('jobqueue_job_id_seq', 2000000)")
}
