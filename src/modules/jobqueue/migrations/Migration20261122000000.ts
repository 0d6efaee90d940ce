/**
 * The tables of the queue, written by hand (a generator can't know partial indexes, storage
 * parameters or views): what was asked for (`request`), what is alive (`live`), what came of it
 * (`outcome`), and `jobqueue_job`, the read-only view over the three that people read.
 */
import { Migration } from "@medusajs/framework/mikro-orm/migrations"

const REQUEST = `
create sequence if not exists jobqueue_job_id_seq;

-- Written once at enqueue, never updated, deleted by the pruner.
create table if not exists jobqueue_request (
  id             bigint primary key,
  queue          text not null,
  identifier     text not null,
  name           text not null,
  store_id       text,
  store_assumed  boolean not null default false,
  resource_type  text,
  resource_id    text,
  tags           text[] not null default '{}',
  context        json not null,
  payload        json not null,
  backoff        json not null,
  timeout        bigint,
  keep           boolean not null default true,
  created_at     timestamptz not null default now()
);
create index if not exists "IDX_jobqueue_request_identifier" on jobqueue_request (identifier, id);
create index if not exists "IDX_jobqueue_request_store" on jobqueue_request (store_id, id);
create index if not exists "IDX_jobqueue_request_resource" on jobqueue_request (resource_type, resource_id, id)
  where resource_id is not null;`

const LIVE = `
create sequence if not exists jobqueue_ready_seq;

-- The hot table: live jobs only, and only what a claim needs. "seq" is the order of becoming ready,
-- drawn anew each time a job becomes pending. "claim" is the fence: the token of the claim that
-- performs the job, or that settled it last. Autovacuum runs early and unthrottled: rows live for seconds.
create table if not exists jobqueue_live (
  id            bigint primary key,
  seq           bigint not null default 0,
  claim         bigint,
  worker        bigint,
  run_at        timestamptz not null,
  created_at    timestamptz not null,
  claimed_at    timestamptz,
  updated_at    timestamptz not null,
  state         text not null,
  queue         text not null,
  identifier    text not null,
  unique_key    text,
  reason        text,
  priority      integer not null,
  attempts      integer not null default 0,
  max_attempts  integer not null,
  crashes       integer not null default 0,
  refunds       integer not null default 0,
  begun         boolean not null default false,
  cancel        boolean not null default false,
  constraint "CK_jobqueue_live_state"
    check (state in ('scheduled', 'pending', 'running', 'retrying', 'waiting', 'held'))
) with (
  fillfactor = 90,
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_cost_delay = 0
);
create index if not exists "IDX_jobqueue_live_ready" on jobqueue_live (queue, priority, seq)
  where state = 'pending';
create index if not exists "IDX_jobqueue_live_timed" on jobqueue_live (run_at)
  where state in ('scheduled', 'retrying', 'waiting');
create index if not exists "IDX_jobqueue_live_running" on jobqueue_live (worker)
  where state = 'running';
create index if not exists "IDX_jobqueue_live_held" on jobqueue_live (id)
  where state = 'held';
create unique index if not exists "IDX_jobqueue_live_unique" on jobqueue_live (identifier, unique_key)
  where unique_key is not null;`

const OUTCOME = `
-- One narrow row per finished job.
create table if not exists jobqueue_outcome (
  id            bigint primary key,
  claim         bigint,
  worker        bigint,
  state         text not null,
  attempts      integer not null,
  max_attempts  integer not null,
  priority      integer not null,
  queue         text not null,
  identifier    text not null,
  created_at    timestamptz not null,
  run_at        timestamptz not null,
  started_at    timestamptz,
  finished_at   timestamptz not null,
  result        json,
  reason        text,
  constraint "CK_jobqueue_outcome_state" check (state in ('completed', 'failed', 'canceled'))
);
create index if not exists "IDX_jobqueue_outcome_finished" on jobqueue_outcome (finished_at, id);
create index if not exists "IDX_jobqueue_outcome_not_completed" on jobqueue_outcome (finished_at, id)
  where state <> 'completed';

-- Attempts that did not complete, insert-only. A job is claimed at most once by a token, so (job, claim)
-- is the attempt's key and a re-sent settle can't write it twice.
create table if not exists jobqueue_attempt (
  job_id         bigint not null,
  claim          bigint not null,
  attempt        integer not null,
  outcome        text not null,
  worker         text not null,
  started_at     timestamptz not null,
  finished_at    timestamptz not null,
  error_name     text,
  error_message  text,
  error_stack    text,
  primary key (job_id, claim)
);`

const PROCESSES = `
create sequence if not exists jobqueue_worker_id_seq;

-- One row per living worker process: its lease. Rescue deletes the row of a dead one.
create table if not exists jobqueue_worker (
  id           bigint primary key,
  host         text not null,
  pid          integer not null,
  version      text not null,
  queues       text[] not null,
  identifiers  text[] not null,
  started_at   timestamptz not null default now(),
  beat_at      timestamptz not null default now(),
  lease_until  timestamptz not null
);

-- Every identifier that a process ever registered, so that any process can enqueue it by name.
create table if not exists jobqueue_identifier (
  identifier    text primary key,
  queue         text not null,
  priority      integer not null,
  max_attempts  integer not null,
  backoff       json not null,
  timeout       bigint,
  seen_at       timestamptz not null default now()
);

-- What the admin set; store_id '' is the whole shop.
create table if not exists jobqueue_setting (
  store_id    text not null default '',
  key         text not null,
  value       json not null,
  updated_at  timestamptz not null default now(),
  updated_by  text,
  primary key (store_id, key)
);

-- Who did what to which job, and when.
create table if not exists jobqueue_action (
  id          bigint generated always as identity primary key,
  job_id      bigint not null,
  action      text not null,
  from_state  text not null,
  actor_type  text,
  actor_id    text,
  created_at  timestamptz not null default now()
);
create index if not exists "IDX_jobqueue_action_job" on jobqueue_action (job_id);
create index if not exists "IDX_jobqueue_action_created" on jobqueue_action (created_at);`

const VIEW = `
create or replace view jobqueue_job as
select
  r.id,
  r.identifier,
  r.name,
  coalesce(l.queue, o.queue, r.queue) as queue,
  coalesce(l.state, o.state) as state,
  coalesce(l.priority, o.priority) as priority,
  coalesce(l.attempts, o.attempts) as attempts,
  coalesce(l.max_attempts, o.max_attempts) as max_attempts,
  r.backoff,
  r.timeout,
  r.payload,
  r.context,
  r.store_id,
  r.store_assumed,
  r.resource_type,
  r.resource_id,
  r.tags,
  coalesce(l.reason, o.reason) as reason,
  o.result,
  coalesce(l.run_at, o.run_at) as run_at,
  coalesce(l.claimed_at, o.started_at) as started_at,
  o.finished_at,
  r.created_at,
  coalesce(o.finished_at, l.updated_at, r.created_at) as updated_at,
  null::timestamptz as deleted_at
from jobqueue_request r
left join jobqueue_live l on l.id = r.id
left join jobqueue_outcome o on o.id = r.id;`

const TABLES = [
  "jobqueue_request",
  "jobqueue_live",
  "jobqueue_outcome",
  "jobqueue_attempt",
  "jobqueue_worker",
  "jobqueue_identifier",
  "jobqueue_setting",
  "jobqueue_action",
]

const SEQUENCES = ["jobqueue_job_id_seq", "jobqueue_ready_seq", "jobqueue_worker_id_seq"]

export class Migration20261122000000 extends Migration {
  override async up(): Promise<void> {
    for (const sql of [REQUEST, LIVE, OUTCOME, PROCESSES, VIEW]) {
      this.addSql(sql)
    }
  }

  override async down(): Promise<void> {
    this.addSql("drop view if exists jobqueue_job;")
    this.addSql(`drop table if exists ${TABLES.join(", ")};`)
    this.addSql(`drop sequence if exists ${SEQUENCES.join(", ")};`)
  }
}
