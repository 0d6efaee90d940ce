/** Enqueues jobs once more: the request of another job, whatever became of that one. */
import type { Sql } from "./database"

// What was asked for stands in the request; queue, priority and the limit of attempts in the row of the job's state. A
// job that waits for its time has a copy that waits for the same time; all others may run now. A copy has no unique key.
// Ids and the order of readiness follow the order of the given ids.
const CLONE = `
with wanted as materialized (
  select id, nextval('jobqueue_job_id_seq') as clone, nextval('jobqueue_ready_seq') as seq
  from unnest($1::bigint[]) as given(id)
), input as materialized (
  select wanted.clone, wanted.seq, wanted.id as source, job.queue, job.priority, job.max_attempts, job.run_at,
    r.identifier, r.name, r.store_id, r.store_assumed, r.resource_type, r.resource_id, r.tags, r.context, r.payload,
    r.backoff, r.timeout, r.keep,
    case when r.extras -> 'resources' is not null then json_build_object('resources', r.extras -> 'resources') end as extras
  from wanted
  cross join lateral (select * from jobqueue_request where id = wanted.id offset 0) r
  cross join lateral (
    select queue, priority, max_attempts, case state when 'scheduled' then run_at else now() end as run_at
    from jobqueue_live where id = wanted.id
    union all
    select queue, priority, max_attempts, now() from jobqueue_outcome where id = wanted.id
  ) job
), request as (
  insert into jobqueue_request (id, queue, identifier, name, store_id, store_assumed, resource_type, resource_id,
    tags, context, payload, backoff, timeout, keep, extras, created_at)
  select clone, queue, identifier, name, store_id, store_assumed, resource_type, resource_id,
    tags, context, payload, backoff, timeout, keep, extras, now()
  from input
), resource as (
  insert into jobqueue_resource (resource_type, resource_id, job_id)
  select r.resource_type, r.resource_id, input.clone
  from input cross join lateral (
    select resource_type, resource_id from jobqueue_resource where job_id = input.source order by resource_id limit 100
  ) r
), live as (
  insert into jobqueue_live (id, seq, run_at, created_at, updated_at, state, queue, identifier, priority, max_attempts)
  select clone, case when run_at <= now() then seq else 0 end, run_at, now(), now(),
    case when run_at <= now() then 'pending' else 'scheduled' end, queue, identifier, priority,
    least(max_attempts, (select min(a.max_attempts) from jobqueue_action a where a.job_id = input.source))
  from input
)
select source, clone from input`

/** Answers, by the id of each job, the id of its copy. */
export async function cloneJobs(sql: Sql, ids: readonly number[]): Promise<Map<number, number>> {
  const rows = await sql.query<{ source: number; clone: number }>(CLONE, [ids])
  return new Map(rows.map(({ source, clone }) => [source, clone]))
}
