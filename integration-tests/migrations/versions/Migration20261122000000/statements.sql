-- register
insert into jobqueue_worker (id, host, pid, version, queues, identifiers, lease_until)
values (nextval('jobqueue_worker_id_seq'), $1, $2, $3, $4, $5, now() + $6 * interval '1 millisecond')
returning id

-- enqueue
with input as (
  select nextval('jobqueue_job_id_seq') as id, now() as created_at, ordered.*
  from (
    select j.*, coalesce(j.fixed_run_at, now() + j.delay * interval '1 millisecond') as run_at
    from json_to_recordset($1::json) as j(
      ord int, queue text, identifier text, name text, store_id text, store_assumed boolean,
      resource_type text, resource_id text, tags text[], context json, payload json, backoff json,
      timeout bigint, keep boolean, priority int, max_attempts int, fixed_run_at timestamptz, delay float8)
    order by j.ord
  ) ordered
), request as (
  insert into jobqueue_request (id, queue, identifier, name, store_id, store_assumed, resource_type, resource_id,
    tags, context, payload, backoff, timeout, keep, created_at)
  select id, queue, identifier, name, store_id, store_assumed, resource_type, resource_id,
    tags, context, payload, backoff, timeout, keep, created_at
  from input
), live as (
  insert into jobqueue_live (id, seq, run_at, created_at, updated_at, state, queue, identifier, priority, max_attempts)
  select id, case when run_at <= now() then nextval('jobqueue_ready_seq') else 0 end, run_at, created_at, created_at,
    case when run_at <= now() then 'pending' else 'scheduled' end, queue, identifier, priority, max_attempts
  from input order by ord
)
select id, case when run_at <= now() then 'pending' else 'scheduled' end as state, run_at, created_at
from input order by ord

-- claim
with claimed as (
  update jobqueue_live
  set state = 'running', claim = $1, worker = $2, attempts = attempts + 1, begun = true, cancel = false,
    reason = null, claimed_at = now(), updated_at = now()
  where ctid = any(array(
    select ctid from jobqueue_live
    where queue = $3 and state = 'pending' and identifier = any($4)
      and exists (select from jobqueue_worker where id = $2)
    order by priority, seq
    limit $5
    for update skip locked))
  returning id, seq, queue, state, priority, attempts, max_attempts, refunds, run_at, claimed_at
)
select c.id, r.identifier, r.name, c.queue, c.state, c.priority, c.attempts, c.max_attempts, c.refunds,
  r.backoff, r.timeout, r.keep, r.payload, r.context, r.store_id, r.store_assumed, r.resource_type, r.resource_id,
  r.tags, null as reason, null as result, c.run_at, c.claimed_at as started_at, null as finished_at,
  r.created_at, c.claimed_at as updated_at
from claimed c
cross join lateral (select * from jobqueue_request where id = c.id offset 0) r
order by c.priority, c.seq

-- finish
with settled as (
  delete from jobqueue_live t where t.id = any($1) and t.state = 'running' and ($2::jsonb -> t.id::text ->> 'claim')::bigint = t.claim
  returning *, case when cancel then 'canceled' else $2::jsonb -> id::text ->> 'state' end as settled
), outcome as (
  insert into jobqueue_outcome (id, claim, worker, state, attempts, max_attempts, priority, queue, identifier,
    created_at, run_at, started_at, finished_at, result, reason)
  select t.id, t.claim, t.worker, t.settled, t.attempts, t.max_attempts, t.priority, t.queue, t.identifier,
    t.created_at, t.run_at, t.claimed_at, now(), s.result, coalesce(t.reason, s.reason)
  from settled t cross join lateral jsonb_to_record($2::jsonb -> t.id::text) as s(
    attempt int, state text, worker text, delay float8, uncounted boolean, refunded boolean, reason text,
    result json, keep boolean, error_name text, error_message text, error_stack text)
  where s.keep or t.settled <> 'completed'
), attempt as (
insert into jobqueue_attempt (job_id, claim, attempt, outcome, worker, started_at, finished_at,
  error_name, error_message, error_stack)
select t.id, t.claim, s.attempt, t.settled, s.worker, t.claimed_at, now(),
  s.error_name, s.error_message, s.error_stack
from settled t cross join lateral jsonb_to_record($2::jsonb -> t.id::text) as s(
    attempt int, state text, worker text, delay float8, uncounted boolean, refunded boolean, reason text,
    result json, keep boolean, error_name text, error_message text, error_stack text)
where s.error_name is not null or t.settled in ('failed', 'canceled', 'held')
on conflict do nothing
), old_attempt as (
delete from jobqueue_attempt
where job_id = any($1) and attempt <= ($2::jsonb -> job_id::text ->> 'attempt')::int - 20
)
select id from settled

-- finish_and_forget
with settled as (
  delete from jobqueue_live t where t.id = any($1) and t.state = 'running' and ($2::jsonb -> t.id::text ->> 'claim')::bigint = t.claim
  returning *, case when cancel then 'canceled' else $2::jsonb -> id::text ->> 'state' end as settled
), outcome as (
  insert into jobqueue_outcome (id, claim, worker, state, attempts, max_attempts, priority, queue, identifier,
    created_at, run_at, started_at, finished_at, result, reason)
  select t.id, t.claim, t.worker, t.settled, t.attempts, t.max_attempts, t.priority, t.queue, t.identifier,
    t.created_at, t.run_at, t.claimed_at, now(), s.result, coalesce(t.reason, s.reason)
  from settled t cross join lateral jsonb_to_record($2::jsonb -> t.id::text) as s(
    attempt int, state text, worker text, delay float8, uncounted boolean, refunded boolean, reason text,
    result json, keep boolean, error_name text, error_message text, error_stack text)
  where s.keep or t.settled <> 'completed'
), attempt as (
insert into jobqueue_attempt (job_id, claim, attempt, outcome, worker, started_at, finished_at,
  error_name, error_message, error_stack)
select t.id, t.claim, s.attempt, t.settled, s.worker, t.claimed_at, now(),
  s.error_name, s.error_message, s.error_stack
from settled t cross join lateral jsonb_to_record($2::jsonb -> t.id::text) as s(
    attempt int, state text, worker text, delay float8, uncounted boolean, refunded boolean, reason text,
    result json, keep boolean, error_name text, error_message text, error_stack text)
where s.error_name is not null or t.settled in ('failed', 'canceled', 'held')
on conflict do nothing
), old_attempt as (
delete from jobqueue_attempt
where job_id = any($1) and attempt <= ($2::jsonb -> job_id::text ->> 'attempt')::int - 20
)
, unkept as (
  select t.id from settled t where t.settled = 'completed' and not ($2::jsonb -> t.id::text ->> 'keep')::boolean
), forgotten as (
  delete from jobqueue_request where id = any(array(select id from unkept))
), forgotten_attempt as (
  delete from jobqueue_attempt where job_id = any(array(select id from unkept))
)
select id from settled

-- move_on
with settled as (
  update jobqueue_live t
  set (state, run_at, seq, attempts, refunds, reason) = (
      select s.state, now() + s.delay * interval '1 millisecond',
        case when s.state = 'pending' then nextval('jobqueue_ready_seq') else t.seq end,
        t.attempts - s.uncounted::int, t.refunds + s.refunded::int, s.reason
      from jsonb_to_record($2::jsonb -> t.id::text) as s(
    attempt int, state text, worker text, delay float8, uncounted boolean, refunded boolean, reason text,
    result json, keep boolean, error_name text, error_message text, error_stack text)),
    worker = null, begun = false, updated_at = now()
  where t.id = any($1) and t.state = 'running' and ($2::jsonb -> t.id::text ->> 'claim')::bigint = t.claim and not t.cancel
  returning t.id, t.claim, t.claimed_at, t.state as settled
), attempt as (
insert into jobqueue_attempt (job_id, claim, attempt, outcome, worker, started_at, finished_at,
  error_name, error_message, error_stack)
select t.id, t.claim, s.attempt, t.settled, s.worker, t.claimed_at, now(),
  s.error_name, s.error_message, s.error_stack
from settled t cross join lateral jsonb_to_record($2::jsonb -> t.id::text) as s(
    attempt int, state text, worker text, delay float8, uncounted boolean, refunded boolean, reason text,
    result json, keep boolean, error_name text, error_message text, error_stack text)
where s.error_name is not null or t.settled in ('failed', 'canceled', 'held')
on conflict do nothing
), old_attempt as (
delete from jobqueue_attempt
where job_id = any($1) and attempt <= ($2::jsonb -> job_id::text ->> 'attempt')::int - 20
)
select id from settled

-- promote
with promoted as (
  update jobqueue_live
  set state = 'pending', seq = nextval('jobqueue_ready_seq'), updated_at = now()
  where ctid = any(array(
    select ctid from jobqueue_live
    where state in ('scheduled', 'retrying') and run_at <= now()
    order by run_at
    limit 1000
    for update skip locked))
  returning queue
)
select queue, count(*) as count from promoted group by queue

-- look
select id, claim, cancel from jobqueue_live where worker = $1 and state = 'running'

-- rescue_bury
delete from jobqueue_worker
where id = any(array(select id from jobqueue_worker where lease_until < now() for update skip locked))
returning id, host || ':' || pid as name

-- rescue_find
select id from jobqueue_live l
where state = 'running' and not exists (select from jobqueue_worker w where w.id = l.worker)
for update skip locked

-- rescue_keep_attempts
insert into jobqueue_attempt (job_id, claim, attempt, outcome, worker, started_at, finished_at,
  error_name, error_message)
select id, claim, attempts,
  case when cancel then 'canceled' when attempts >= max_attempts then 'failed' else 'pending' end,
  coalesce($2::jsonb ->> worker::text, 'worker ' || worker), claimed_at, now(), 'WorkerLost',
  'The worker process that performed this attempt died, or lost the database for longer than its lease.'
from jobqueue_live where id = any($1)
on conflict do nothing

-- rescue_end
with ended as (
  delete from jobqueue_live where id = any($1) and (cancel or attempts >= max_attempts) returning *
), outcome as (
  insert into jobqueue_outcome (id, worker, state, attempts, max_attempts, priority, queue, identifier,
    created_at, run_at, started_at, finished_at, reason)
  select id, worker, case when cancel then 'canceled' else 'failed' end, attempts, max_attempts, priority, queue,
    identifier, created_at, run_at, claimed_at, now(),
    case when cancel then reason else 'its worker process died at the last attempt' end
  from ended
)
select id, identifier, queue, case when cancel then 'canceled' else 'failed' end as state from ended

-- rescue_return
update jobqueue_live
set state = 'pending', seq = nextval('jobqueue_ready_seq'), crashes = crashes + 1, claim = null, worker = null,
  begun = false, updated_at = now()
where id = any($1)
returning id, identifier, queue, state
