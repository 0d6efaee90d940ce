-- register
insert into jobqueue_worker (id, host, pid, version, queues, identifiers, lease_until)
values (nextval('jobqueue_worker_id_seq'), $1, $2, $3, $4, $5, now() + $6 * interval '1 millisecond')
returning id

-- enqueue
with input as (
  select nextval('jobqueue_job_id_seq') as id, ($1::text[])[fact] as queue, ($2::text[])[fact] as identifier,
    ($3::text[])[fact] as store_id, ($4::boolean[])[fact] as store_assumed, ($5::json[])[fact] as context,
    ($6::json[])[fact] as backoff, ($7::bigint[])[fact] as timeout, ($8::boolean[])[fact] as keep,
    ($9::int[])[fact] as priority, ($10::int[])[fact] as max_attempts, ($11::text[])[fact]::text[] as tags,
    name, resource_type, resource_id, payload,
    coalesce(fixed_run_at, now() + delay * interval '1 millisecond') as run_at
  from unnest($12::int[], $13::text[], $14::text[], $15::text[], $16::json[], $17::timestamptz[], $18::float8[])
    as job(fact, name, resource_type, resource_id, payload, fixed_run_at, delay)
), request as (
  insert into jobqueue_request (id, queue, identifier, name, store_id, store_assumed, resource_type, resource_id,
    tags, context, payload, backoff, timeout, keep, created_at)
  select id, queue, identifier, name, store_id, store_assumed, resource_type, resource_id,
    tags, context, payload, backoff, timeout, keep, now()
  from input
), live as (
  insert into jobqueue_live (id, seq, run_at, created_at, updated_at, state, queue, identifier, priority, max_attempts)
  select id, case when run_at <= now() then nextval('jobqueue_ready_seq') else 0 end, run_at, now(), now(),
    case when run_at <= now() then 'pending' else 'scheduled' end, queue, identifier, priority, max_attempts
  from input
)
select id, run_at <= now(), nullif(run_at, now()), now() from input
where (select count(pg_notify('jobqueue_wake', queue)) from unnest($19::text[]) as queue) >= 0

-- claim
update jobqueue_live c
set state = 'running', claim = $1, worker = $2, attempts = attempts + 1, begun = true,
  reason = null, claimed_at = now(), updated_at = now()
where ctid = any(array(
    select live.ctid from jobqueue_live live cross join string_to_table('.', ',')
    where queue = $3 and state = 'pending' and identifier = any($4) and crashes = 0
      and exists (select from jobqueue_worker where id = $2)
      and (select set_config('synchronous_commit', 'off', true)) = 'off'
    order by priority, seq
    limit 16
    for update of live skip locked))
returning id, attempts, (select concat_ws(chr(31), c.seq, c.priority, r.identifier, coalesce(replace(r.name, chr(31), ' '), ''), c.max_attempts, coalesce(r.timeout::text, ''), r.keep, r.payload, coalesce(replace(r.store_id, chr(31), ' '), ''), r.context, r.backoff, c.refunds, coalesce(replace(r.tags::text, chr(31), ' '), ''), coalesce(replace(r.resource_type, chr(31), ' '), ''), coalesce(replace(r.resource_id, chr(31), ' '), ''), r.store_assumed, c.run_at, r.created_at, c.claimed_at, coalesce(r.extras::text, '')) from jobqueue_request r where r.id = c.id)

-- claim_by_levels
update jobqueue_live c
set state = 'running', claim = $1, worker = $2, attempts = attempts + 1, begun = true,
  reason = null, claimed_at = now(), updated_at = now()
where ctid = any(array(
    select taken.ctid
    from unnest($5::int[], $6::bigint[]) as level(priority, seq)
    cross join lateral (
      select live.ctid from jobqueue_live live
      where live.queue = $3 and live.state = 'pending' and live.priority = level.priority and live.seq > level.seq
        and live.identifier = any($4) and live.crashes = 0
        and exists (select from jobqueue_worker where id = $2)
      and (select set_config('synchronous_commit', 'off', true)) = 'off'
      order by live.seq
      limit 16
      for update skip locked
    ) taken
    limit 16))
returning id, attempts, (select concat_ws(chr(31), c.seq, c.priority, r.identifier, coalesce(replace(r.name, chr(31), ' '), ''), c.max_attempts, coalesce(r.timeout::text, ''), r.keep, r.payload, coalesce(replace(r.store_id, chr(31), ' '), ''), r.context, r.backoff, c.refunds, coalesce(replace(r.tags::text, chr(31), ' '), ''), coalesce(replace(r.resource_type, chr(31), ' '), ''), coalesce(replace(r.resource_id, chr(31), ' '), ''), r.store_assumed, c.run_at, r.created_at, c.claimed_at, coalesce(r.extras::text, '')) from jobqueue_request r where r.id = c.id)

-- claim_suspects
update jobqueue_live c
set state = 'running', claim = $1, worker = $2, attempts = attempts + 1, begun = true,
  reason = null, claimed_at = now(), updated_at = now()
where ctid = any(array(
    select live.ctid from jobqueue_live live cross join string_to_table('.', ',')
    where queue = $3 and state = 'pending' and identifier = any($4) and crashes = 1
      and exists (select from jobqueue_worker where id = $2)
      and (select set_config('synchronous_commit', 'off', true)) = 'off'
    order by priority, seq
    limit 16
    for update of live skip locked))
returning id, attempts, (select concat_ws(chr(31), c.seq, c.priority, r.identifier, coalesce(replace(r.name, chr(31), ' '), ''), c.max_attempts, coalesce(r.timeout::text, ''), r.keep, r.payload, coalesce(replace(r.store_id, chr(31), ' '), ''), r.context, r.backoff, c.refunds, coalesce(replace(r.tags::text, chr(31), ' '), ''), coalesce(replace(r.resource_type, chr(31), ' '), ''), coalesce(replace(r.resource_id, chr(31), ' '), ''), r.store_assumed, c.run_at, r.created_at, c.claimed_at, coalesce(r.extras::text, '')) from jobqueue_request r where r.id = c.id)

-- claim_overdue_suspects
update jobqueue_live c
set state = 'running', claim = $1, worker = $2, attempts = attempts + 1, begun = true,
  reason = null, claimed_at = now(), updated_at = now()
where ctid = any(array(
    select live.ctid from jobqueue_live live cross join string_to_table('.', ',')
    where queue = $3 and state = 'pending' and identifier = any($4) and crashes = 1 and updated_at < now() - interval '2 seconds'
      and exists (select from jobqueue_worker where id = $2)
      and (select set_config('synchronous_commit', 'off', true)) = 'off'
    order by priority, seq
    limit 16
    for update of live skip locked))
returning id, attempts, (select concat_ws(chr(31), c.seq, c.priority, r.identifier, coalesce(replace(r.name, chr(31), ' '), ''), c.max_attempts, coalesce(r.timeout::text, ''), r.keep, r.payload, coalesce(replace(r.store_id, chr(31), ' '), ''), r.context, r.backoff, c.refunds, coalesce(replace(r.tags::text, chr(31), ' '), ''), coalesce(replace(r.resource_type, chr(31), ' '), ''), coalesce(replace(r.resource_id, chr(31), ' '), ''), r.store_assumed, c.run_at, r.created_at, c.claimed_at, coalesce(r.extras::text, '')) from jobqueue_request r where r.id = c.id)

-- claim_repeated_suspects
update jobqueue_live c
set state = 'running', claim = $1, worker = $2, attempts = attempts + 1, begun = true,
  reason = null, claimed_at = now(), updated_at = now()
where ctid = any(array(
    select live.ctid from jobqueue_live live cross join string_to_table('.', ',')
    where queue = $3 and state = 'pending' and identifier = any($4) and crashes > 1
      and exists (select from jobqueue_worker where id = $2)
      and (select set_config('synchronous_commit', 'off', true)) = 'off'
    order by priority, seq
    limit 16
    for update of live skip locked))
returning id, attempts, (select concat_ws(chr(31), c.seq, c.priority, r.identifier, coalesce(replace(r.name, chr(31), ' '), ''), c.max_attempts, coalesce(r.timeout::text, ''), r.keep, r.payload, coalesce(replace(r.store_id, chr(31), ' '), ''), r.context, r.backoff, c.refunds, coalesce(replace(r.tags::text, chr(31), ' '), ''), coalesce(replace(r.resource_type, chr(31), ' '), ''), coalesce(replace(r.resource_id, chr(31), ' '), ''), r.store_assumed, c.run_at, r.created_at, c.claimed_at, coalesce(r.extras::text, '')) from jobqueue_request r where r.id = c.id)

-- complete
with settled as (
  delete from jobqueue_live where id = any($1) and claim = any($2) and worker is not null and not cancel
  returning id, claim, worker, attempts, max_attempts, priority, queue, identifier, created_at, run_at, claimed_at
)
insert into jobqueue_outcome (id, claim, worker, state, attempts, max_attempts, priority, queue, identifier,
  created_at, run_at, started_at, finished_at, result)
select id, claim, worker, 'completed', attempts, max_attempts, priority, queue, identifier,
  created_at, run_at, claimed_at, now(), null::json
from settled

-- forget
with settled as (
  delete from jobqueue_live where id = any($1) and claim = any($2) and worker is not null and not cancel returning id
), attempt as (
  delete from jobqueue_attempt where ctid = any(array(
    select kept.ctid from settled as job(id) cross join lateral (select ctid, * from jobqueue_attempt where job_id = job.id order by claim limit 1000) kept))
), forgotten_jobqueue_unique as (
  delete from jobqueue_unique where ctid = any(array(
    select kept.ctid from settled as job(id) cross join lateral (
      select ctid from jobqueue_unique where job_id = job.id order by key limit 100
    ) kept))
), forgotten_jobqueue_resource as (
  delete from jobqueue_resource where ctid = any(array(
    select kept.ctid from settled as job(id) cross join lateral (
      select ctid from jobqueue_resource where job_id = job.id order by resource_id limit 100
    ) kept))
)
delete from jobqueue_request where id = any(array(select id from settled))

-- finish
with settled as (
  delete from jobqueue_live t where t.id = any($1) and t.worker is not null and ($2::jsonb -> t.id::text ->> 'claim')::bigint = t.claim
  returning *, case when cancel then 'canceled' else $2::jsonb -> id::text ->> 'state' end as settled
), outcome as (
  insert into jobqueue_outcome (id, claim, worker, state, attempts, max_attempts, priority, queue, identifier,
    created_at, run_at, started_at, finished_at, result, reason)
  select t.id, t.claim, t.worker, t.settled, t.attempts, t.max_attempts, t.priority, t.queue, t.identifier,
    t.created_at, t.run_at, t.claimed_at, now(), s.result, coalesce(t.reason, s.reason)
  from settled t cross join lateral jsonb_to_record($2::jsonb -> t.id::text) as s(
    attempt int, state text, worker text, delay float8, uncounted boolean, refunded boolean, reason text,
    result json, keep boolean, error_name text, error_message text, error_stack text, "onTimeout" text)
  where s.keep or t.settled <> 'completed'
), attempt as (
insert into jobqueue_attempt (job_id, claim, attempt, outcome, worker, started_at, finished_at,
  error_name, error_message, error_stack)
select t.id, t.claim, s.attempt, t.settled, s.worker, t.claimed_at, now(),
  s.error_name, s.error_message, s.error_stack
from settled t cross join lateral jsonb_to_record($2::jsonb -> t.id::text) as s(
    attempt int, state text, worker text, delay float8, uncounted boolean, refunded boolean, reason text,
    result json, keep boolean, error_name text, error_message text, error_stack text, "onTimeout" text)
where (s.error_name is not null or t.settled in ('failed', 'canceled', 'held'))
on conflict do nothing
), old_attempt as (
delete from jobqueue_attempt where ctid = any(array(
    select old.ctid from (select t.id from settled t cross join lateral jsonb_to_record($2::jsonb -> t.id::text) as s(
    attempt int, state text, worker text, delay float8, uncounted boolean, refunded boolean, reason text,
    result json, keep boolean, error_name text, error_message text, error_stack text, "onTimeout" text) where (s.error_name is not null or t.settled in ('failed', 'canceled', 'held'))) job cross join lateral (
      select ctid from (select ctid, * from jobqueue_attempt where job_id = job.id order by claim limit 1000) one order by finished_at desc, attempt desc offset 19
    ) old))
)
select id, settled as state from settled

-- move_on
with settled as (
  update jobqueue_live t
  set (state, run_at, seq, attempts, refunds, reason) = (
      select s.state, now() + s.delay * interval '1 millisecond',
        case when s.state = 'pending' then nextval('jobqueue_ready_seq') else t.seq end,
        t.attempts - s.uncounted::int, t.refunds + s.refunded::int, s.reason
      from jsonb_to_record($2::jsonb -> t.id::text) as s(
    attempt int, state text, worker text, delay float8, uncounted boolean, refunded boolean, reason text,
    result json, keep boolean, error_name text, error_message text, error_stack text, "onTimeout" text)),
    worker = null, begun = false, updated_at = now()
  where t.id = any($1) and t.worker is not null and ($2::jsonb -> t.id::text ->> 'claim')::bigint = t.claim and not t.cancel
  returning t.id, t.claim, t.claimed_at, t.state as settled
), attempt as (
insert into jobqueue_attempt (job_id, claim, attempt, outcome, worker, started_at, finished_at,
  error_name, error_message, error_stack)
select t.id, t.claim, s.attempt, t.settled, s.worker, t.claimed_at, now(),
  s.error_name, s.error_message, s.error_stack
from settled t cross join lateral jsonb_to_record($2::jsonb -> t.id::text) as s(
    attempt int, state text, worker text, delay float8, uncounted boolean, refunded boolean, reason text,
    result json, keep boolean, error_name text, error_message text, error_stack text, "onTimeout" text)
where (s.error_name is not null or t.settled in ('failed', 'canceled', 'held'))
on conflict do nothing
), old_attempt as (
delete from jobqueue_attempt where ctid = any(array(
    select old.ctid from (select t.id from settled t cross join lateral jsonb_to_record($2::jsonb -> t.id::text) as s(
    attempt int, state text, worker text, delay float8, uncounted boolean, refunded boolean, reason text,
    result json, keep boolean, error_name text, error_message text, error_stack text, "onTimeout" text) where (s.error_name is not null or t.settled in ('failed', 'canceled', 'held'))) job cross join lateral (
      select ctid from (select ctid, * from jobqueue_attempt where job_id = job.id order by claim limit 1000) one order by finished_at desc, attempt desc offset 19
    ) old))
)
select id, settled as state from settled

-- promote
with due as materialized (
  select array(
    select live.ctid from jobqueue_live live cross join string_to_table('.', ',')
    where state in ('scheduled', 'retrying') and run_at <= now()
      and ("after" is null or (
        select leader.state in ('pending', 'scheduled', 'running', 'retrying', 'waiting')
        from jobqueue_live leader where leader.id = live."after") is not true)
    order by run_at
    limit 1000
    for update of live skip locked) as ctids
), place as materialized (
  select array(select nextval('jobqueue_ready_seq') from due, generate_series(1, cardinality(due.ctids))) as seqs
), promoted as (
  update jobqueue_live
  set state = 'pending', updated_at = now(), "after" = null,
    seq = (select seqs from place)[array_position((select ctids from due), ctid)]
  where ctid = any((select ctids from due)::tid[])
  returning queue
)
select queue, count(*) as count from promoted group by queue

-- look
select exists (select from jobqueue_worker where id = $1) as "isAlive",
  (select case when is_called then last_value else 0 end from jobqueue_ready_seq) as "lastSeq",
  exists (select from jobqueue_worker where lease_until < now()) as "hasLapsed",
  coalesce((
    select json_agg(json_build_object('queue', queue, 'isRepeated', is_repeated, 'isOverdue', is_overdue))
    from (
      select queue, crashes > 1 as is_repeated, bool_or(updated_at < now() - interval '2 seconds') as is_overdue
      from jobqueue_live where state = 'pending' and crashes > 0
      group by queue, crashes > 1
    ) suspect
  ), '[]') as suspects,
  coalesce((
    select json_agg(json_build_object('id', id, 'claim', claim, 'cancel', cancel))
    from jobqueue_live where worker = $1 and state = 'running'
  ), '[]') as running

-- rescue_bury
delete from jobqueue_worker
where id = any(array(select id from jobqueue_worker where lease_until < now() for update skip locked))
  and exists (select from jobqueue_worker mine where mine.id = $1 and mine.lease_until >= now())
returning id, host || ':' || pid as name

-- rescue_find
select id from jobqueue_live l
where state = 'running' and not exists (select from jobqueue_worker w where w.id = l.worker)
order by claimed_at desc, seq desc
for update skip locked

-- rescue_keep_attempts
insert into jobqueue_attempt (job_id, claim, attempt, outcome, worker, started_at, finished_at,
  error_name, error_message)
select id, claim, attempts, case when (cancel or (begun and (attempts >= max_attempts or crashes + 1 >= 3))) then case when cancel then 'canceled' else 'failed' end else 'pending' end,
  coalesce($2::jsonb ->> worker::text, 'worker ' || worker), claimed_at, now(), 'WorkerLost',
  'The worker process that performed this attempt died, or lost the database for longer than its lease.'
from jobqueue_live where id = any($1) and begun
on conflict do nothing

-- rescue_forget_attempts
delete from jobqueue_attempt where ctid = any(array(
    select old.ctid from unnest($1::bigint[]) as job(id) cross join lateral (
      select ctid from (select ctid, * from jobqueue_attempt where job_id = job.id order by claim limit 1000) one order by finished_at desc, attempt desc offset 20
    ) old))

-- rescue_end
with ended as (
  delete from jobqueue_live where id = any($1) and (cancel or (begun and (attempts >= max_attempts or crashes + 1 >= 3))) returning *
), outcome as (
  insert into jobqueue_outcome (id, worker, state, attempts, max_attempts, priority, queue, identifier,
    created_at, run_at, started_at, finished_at, reason)
  select id, worker, case when cancel then 'canceled' else 'failed' end, attempts - case when begun then 0 else 1 end, max_attempts, priority, queue, identifier, created_at, run_at,
    claimed_at, now(),
    case when cancel then reason when attempts >= max_attempts then 'its worker process died at the last attempt'
      else 'its worker process died ' || crashes + 1 || ' times while it was performed' end
  from ended
)
select id, identifier, queue, case when cancel then 'canceled' else 'failed' end as state from ended

-- rescue_return
with place as materialized (
  select array(select nextval('jobqueue_ready_seq') from generate_series(1, cardinality($1::bigint[]))) as seqs
)
update jobqueue_live
set state = 'pending', seq = (select seqs from place)[($2::jsonb ->> id::text)::int], crashes = crashes + 1,
  attempts = attempts - case when begun then 0 else 1 end, claim = null, worker = null, begun = false,
  updated_at = now()
where id = any($1)
returning id, identifier, queue, state
