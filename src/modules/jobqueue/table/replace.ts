/** Changes a job that waits: what it is about, or only its time. A job that is held stays held. */
import type { Sql } from "./database"
import { extrasOf } from "./extras"
import type { NewJob } from "./new-job"

const RUN_AT = `coalesce($2::timestamptz, now() + $3::float8 * interval '1 millisecond')`

// One that follows another job becomes pending only by promotion; one that failed before is retrying while it waits.
const TIME = `
  run_at = ${RUN_AT},
  state = case
    when state = 'held' then state
    when "after" is not null then 'scheduled'
    when ${RUN_AT} <= now() then 'pending'
    when attempts > 0 then 'retrying'
    else 'scheduled' end,
  seq = case
    when ${RUN_AT} > now() or "after" is not null or state = 'held' then 0
    when state = 'pending' then seq
    else nextval('jobqueue_ready_seq') end,
  updated_at = now()`

const RESCHEDULE = `update jobqueue_live set ${TIME} where id = $1`

/** To the time of `job`. */
export async function rescheduleJob(sql: Sql, id: number, { runAt, delay }: NewJob): Promise<void> {
  await sql.query(RESCHEDULE, [id, runAt, delay])
}

const REPLACE_LIVE = `
update jobqueue_live set queue = $4, priority = $5, max_attempts = greatest($6::int, attempts + 1), ${TIME}
where id = $1`

const REPLACE_REQUEST = `
update jobqueue_request set queue = $2, name = $3, store_id = $4, store_assumed = $5, resource_type = $6,
  resource_id = $7, tags = $8, context = $9, payload = $10, backoff = $11, timeout = $12, keep = $13, extras = $14
where id = $1`

// A restart gives the job the limit of this enqueue, whatever retries raised before.
const REPLACE_FIRST_LIMIT = `
update jobqueue_action set max_attempts = $2 where job_id = $1 and max_attempts is not null`

const FORGET_RESOURCES = `delete from jobqueue_resource where job_id = $1`

const KEEP_RESOURCES = `
insert into jobqueue_resource (resource_type, resource_id, job_id)
select value ->> 'type', value ->> 'id', $1 from json_array_elements($2::json) with ordinality as one(value, place)
where place > 1`

/** By `job`, but for its id, its attempts and the time when it was first enqueued. */
export async function replaceJob(sql: Sql, id: number, job: NewJob): Promise<void> {
  const { facts, name, resource, payload, runAt, delay } = job
  await sql.query(REPLACE_LIVE, [id, runAt, delay, facts.queue, facts.priority, facts.maxAttempts])
  await sql.query(REPLACE_REQUEST, [
    id,
    facts.queue,
    name,
    facts.storeId,
    facts.storeAssumed,
    resource?.type ?? null,
    resource?.id ?? null,
    facts.tags,
    JSON.stringify(facts.context),
    payload,
    JSON.stringify(facts.backoff),
    facts.timeout,
    facts.keep,
    extrasOf(job),
  ])
  await sql.query(REPLACE_FIRST_LIMIT, [id, facts.maxAttempts])
  await sql.query(FORGET_RESOURCES, [id])
  await sql.query(KEEP_RESOURCES, [id, JSON.stringify(job.resources ?? [])])
}
