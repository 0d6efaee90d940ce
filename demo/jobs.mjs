/** Reads the jobs of this run's orders from the database, and tells what changed since the last look. */
import { setTimeout as delay } from "node:timers/promises"

const POLL_INTERVAL = 500
const FINISHED = ["completed", "failed", "canceled"]

const JOBS = `
select j.id::text, j.identifier, j.name, j.queue, j.state, j.attempts, j.max_attempts, j.store_id, j.context,
       j.resource_id, j.reason, j.result, j.run_at,
       coalesce((
         select json_agg(json_build_object('attempt', a.attempt, 'message', a.error_message, 'worker', a.worker)
                         order by a.attempt, a.finished_at)
         from jobqueue_attempt a where a.job_id = j.id
       ), '[]') as failures
from jobqueue_job j
where j.resource_type = 'order' and j.resource_id = any($1)
order by j.id`

export async function readJobs(client, orderIds) {
  const { rows } = await client.query(JOBS, [orderIds])
  return rows
}

/**
 * Looks until every expected job has come to rest, or until nothing has changed for `patience` milliseconds.
 * @param {{ client, orders: () => object[], count: number, patience: number, signal: AbortSignal,
 *   onChange: (change: object) => void, onCounts: (counts: object) => void }} watch -
 *   `orders` are those placed so far, `count` is how many there will be
 * @returns the jobs as last seen
 */
export async function watchJobs({ client, orders, count, patience, signal, onChange, onCounts }) {
  let before = new Map()
  let quietSince = Date.now()
  for (;;) {
    const placed = orders()
    const jobs = await readJobs(
      client,
      placed.map(({ order }) => order.id)
    )
    const changes = jobs.flatMap((job) => changesOf(job, before.get(job.id)))
    if (changes.length > 0 || placed.length < count) quietSince = Date.now()
    changes.forEach(onChange)
    if (changes.length > 0) onCounts(countsOf(jobs))
    before = new Map(jobs.map((job) => [job.id, job]))
    if (placed.length === count && placed.every((customer) => isAtRest(customer, jobs))) return jobs
    if (Date.now() - quietSince > patience) return jobs
    await delay(POLL_INTERVAL, undefined, { signal })
  }
}

/** The job of a customer's order that an expectation is about. */
export function jobsFor(customer, expected, jobs) {
  return jobs.filter((job) => job.resource_id === customer.order.id && job.identifier === expected.identifier)
}

/** At rest: as expected, or finished otherwise, which then counts as a mismatch. */
function isAtRest(customer, jobs) {
  return customer.jobs.every((expected) =>
    jobsFor(customer, expected, jobs).some(
      ({ state }) => state === expected.state || FINISHED.includes(state)
    )
  )
}

function changesOf(job, before) {
  const failures = job.failures.slice(before?.failures.length ?? 0)
  const changes = failures.map((failure) => ({ kind: "failure", job, failure }))
  return before?.state === job.state ? changes : [...changes, { kind: "state", job }]
}

function countsOf(jobs) {
  const counts = {}
  for (const { state } of jobs) counts[state] = (counts[state] ?? 0) + 1
  return counts
}
