/** Writes jobs: one statement for any number, into what was asked for and what is alive. */
import { WAKE_CHANNEL } from "../constants"
import type { Sql } from "./database"
import { extrasOf, hasExtras, PLAIN, WITH_EXTRAS } from "./extras"
import type { JobFacts, NewJob, WrittenJob } from "./new-job"
import { parseTimestamp, statement, textArray, type Answer } from "./statement"

// "input" is read three times but evaluated once: it draws ids, and a CTE with a volatile function is never inlined.
// The notification goes with the commit: a statement of its own would cost a round trip.
const inserting = (input: string, announced: string, { request, live, due, also } = PLAIN) => `
with input as (${input}
), request as (
  insert into jobqueue_request (id, queue, identifier, name, store_id, store_assumed, resource_type, resource_id,
    tags, context, payload, backoff, timeout, keep, created_at${request})
  select id, queue, identifier, name, store_id, store_assumed, resource_type, resource_id,
    tags, context, payload, backoff, timeout, keep, now()${request}
  from input
), live as (
  insert into jobqueue_live (id, seq, run_at, created_at, updated_at, state, queue, identifier, priority, max_attempts${live})
  select id, case when ${due} then nextval('jobqueue_ready_seq') else 0 end, run_at, now(), now(),
    case when ${due} then 'pending' else 'scheduled' end, queue, identifier, priority, max_attempts${live}
  from input
)${also}
select id, ${due}, nullif(run_at, now()), now() from input
where (select count(pg_notify('${WAKE_CHANNEL}', queue)) from unnest(${announced}::text[]) as queue) >= 0`

// Facts are bound once for all jobs that share them ($1 to $11), and picked by their number ("fact"); only what differs
// comes once a job ($12 to $18). 0.10 CPU-s per 10,000 jobs in batches of 1,000; 0.18 with json_to_recordset. unnest
// keeps its order, so ids and the order of readiness follow the order of the call.
const many = (further: string, types: string) => `
  select nextval('jobqueue_job_id_seq') as id, ($1::text[])[fact] as queue, ($2::text[])[fact] as identifier,
    ($3::text[])[fact] as store_id, ($4::boolean[])[fact] as store_assumed, ($5::json[])[fact] as context,
    ($6::json[])[fact] as backoff, ($7::bigint[])[fact] as timeout, ($8::boolean[])[fact] as keep,
    ($9::int[])[fact] as priority, ($10::int[])[fact] as max_attempts, ($11::text[])[fact]::text[] as tags,
    name, resource_type, resource_id, payload,
    coalesce(fixed_run_at, now() + delay * interval '1 millisecond') as run_at${further}
  from unnest($12::int[], $13::text[], $14::text[], $15::text[], $16::json[], $17::timestamptz[], $18::float8[]${types})
    as job(fact, name, resource_type, resource_id, payload, fixed_run_at, delay${further})`

/** Exported for the plan tests, like the next. */
export const INSERT = statement("insert", inserting(many("", ""), "$19"))

const INSERT_WITH_EXTRAS = statement(
  "insert_extras",
  inserting(many(', extras, "after"', ", $20::json[], $21::bigint[]"), "$19", WITH_EXTRAS)
)

// One job comes without arrays: 3.4 instead of 5.4 CPU-s per 10,000 calls.
const insertingOne = (id: string) =>
  inserting(
    `
  select ${id} as id, $1::text as queue, $2::text as identifier, $3::text as store_id,
    $4::boolean as store_assumed, $5::json as context, $6::json as backoff, $7::bigint as timeout,
    $8::boolean as keep, $9::int as priority, $10::int as max_attempts, $11::text[] as tags, $12::text as name,
    $13::text as resource_type, $14::text as resource_id, $15::json as payload,
    coalesce($16::timestamptz, now() + $17::float8 * interval '1 millisecond') as run_at`,
    "$18"
  )
export const INSERT_ONE = statement("insert_one", insertingOne("nextval('jobqueue_job_id_seq')"))
const INSERT_RESERVED = statement("insert_reserved", insertingOne("$19::bigint"))

/**
 * Writes all of `jobs` or none; answers in their order.
 * @param announced - the queues whose workers in other processes are woken by the commit
 */
export async function insertJobs(
  sql: Sql,
  jobs: readonly NewJob[],
  announced: readonly string[]
): Promise<WrittenJob[]> {
  const { rows } = await insert(sql, jobs, announced)
  const [, , , now] = rows[0] as [number, boolean, string | null, string]
  const created_at = parseTimestamp(now)
  return rows.map((row) => {
    const [id, isDue, otherRunAt] = row as [number, boolean, string | null]
    const run_at = otherRunAt === null ? created_at : parseTimestamp(otherRunAt)
    return { id, state: isDue ? "pending" : "scheduled", run_at, created_at }
  })
}

/** Writes one job under an id that was drawn before, and announces nothing. */
export async function insertReserved(sql: Sql, job: NewJob, id: number): Promise<void> {
  await sql.run(INSERT_RESERVED, [...valuesOfOne(job), [], id])
}

function insert(sql: Sql, jobs: readonly NewJob[], announced: readonly string[]): Promise<Answer> {
  if (jobs.some(hasExtras)) {
    const further = [jobs.map(extrasOf), jobs.map(({ after = null }) => after)]
    return sql.run(INSERT_WITH_EXTRAS, [...valuesOf(jobs), announced, ...further])
  }
  return jobs.length === 1
    ? sql.run(INSERT_ONE, [...valuesOfOne(jobs[0]), announced])
    : sql.run(INSERT, [...valuesOf(jobs), announced])
}

/** False when it is finished, or was never committed. */
export async function isLive(sql: Sql, id: number): Promise<boolean> {
  return (await sql.query("select from jobqueue_live where id = $1", [id])).length > 0
}

function valuesOfOne({ facts, name, resource, payload, runAt, delay }: NewJob): unknown[] {
  return [
    facts.queue,
    facts.identifier,
    facts.storeId,
    facts.storeAssumed,
    JSON.stringify(facts.context),
    JSON.stringify(facts.backoff),
    facts.timeout,
    facts.keep,
    facts.priority,
    facts.maxAttempts,
    facts.tags,
    name,
    resource?.type ?? null,
    resource?.id ?? null,
    payload,
    runAt,
    delay,
  ]
}

function valuesOf(jobs: readonly NewJob[]): unknown[] {
  const { facts, places } = distinctFacts(jobs)
  return [
    facts.map(({ queue }) => queue),
    facts.map(({ identifier }) => identifier),
    facts.map(({ storeId }) => storeId),
    facts.map(({ storeAssumed }) => storeAssumed),
    facts.map(({ context }) => JSON.stringify(context)),
    facts.map(({ backoff }) => JSON.stringify(backoff)),
    facts.map(({ timeout }) => timeout),
    facts.map(({ keep }) => keep),
    facts.map(({ priority }) => priority),
    facts.map(({ maxAttempts }) => maxAttempts),
    facts.map(({ tags }) => textArray(tags)),
    places,
    jobs.map(({ name }) => name),
    jobs.map(({ resource }) => resource?.type ?? null),
    jobs.map(({ resource }) => resource?.id ?? null),
    jobs.map(({ payload }) => payload),
    jobs.map(({ runAt }) => runAt),
    jobs.map(({ delay }) => delay),
  ]
}

/** The facts without repetition, and for each job the place of its own among them, 1 being the first. */
function distinctFacts(jobs: readonly NewJob[]): { facts: JobFacts[]; places: number[] } {
  const [first] = jobs
  if (jobs.every((job) => job.facts === first.facts)) {
    return { facts: [first.facts], places: jobs.map(() => 1) }
  }
  const byObject = new Map<JobFacts, number>()
  const byText = new Map<string, number>()
  const facts: JobFacts[] = []
  const placeOf = (one: JobFacts): number => {
    const text = JSON.stringify(one)
    const place = byText.get(text) ?? facts.push(one)
    byText.set(text, place)
    byObject.set(one, place)
    return place
  }
  return { places: jobs.map((job) => byObject.get(job.facts) ?? placeOf(job.facts)), facts }
}
