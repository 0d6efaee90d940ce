/**
 * Unique jobs, followers and further resources; what jobs report while they run; callbacks of third parties; more about
 * what people did. What few jobs have stands in tables of its own, or in one column of the request ("extras"), so that a
 * job without it costs nothing. The unique key of the hot table was never written.
 */
import { Migration } from "@medusajs/framework/mikro-orm/migrations"
import { lockPatiently } from "../table/patient-lock"

const COLUMNS = `
drop index if exists "IDX_jobqueue_live_unique";
alter table jobqueue_live drop column if exists unique_key;

-- The job that must have ended before this one may become pending.
alter table jobqueue_live add column if not exists "after" bigint;

-- {"unique_key": …, "resources": [all of them, the first too]}, for jobs that have one of these.
alter table jobqueue_request add column if not exists extras json;

-- What every process must know to name its jobs, and to hide what is secret in them.
alter table jobqueue_identifier add column if not exists name_template text;
alter table jobqueue_identifier add column if not exists redact text[] not null default '{}';`

const UNIQUE_TABLES = `
-- Who holds a key now: the latest job that was enqueued with it, 0 while its first one is being written. Whether that
-- still blocks the key is decided by its state when the next one is enqueued; nothing is written here at claim or settle.
create table if not exists jobqueue_unique (
  identifier  text not null,
  key         text not null,
  job_id      bigint not null,
  primary key (identifier, key)
);
create index if not exists "IDX_jobqueue_unique_job" on jobqueue_unique (job_id, key);

-- The second and further things that a job is about.
create table if not exists jobqueue_resource (
  resource_type  text not null,
  resource_id    text not null,
  job_id         bigint not null,
  primary key (resource_type, resource_id, job_id)
);
create index if not exists "IDX_jobqueue_resource_job" on jobqueue_resource (job_id, resource_id);`

const view = (further: string) => `
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
  null::timestamptz as deleted_at${further}
from jobqueue_request r
left join jobqueue_live l on l.id = r.id
left join jobqueue_outcome o on o.id = r.id;`

const FURTHER = `,
  r.extras ->> 'unique_key' as unique_key,
  coalesce(r.extras -> 'resources', case when r.resource_id is null then '[]'::json
    else json_build_array(json_build_object('type', r.resource_type, 'id', r.resource_id)) end) as resources`

const REPORTS = `
-- One row per job that reported, written over as it goes on. "done" is null while it has only logged.
create table if not exists jobqueue_progress (
  job_id      bigint primary key,
  attempt     integer not null,
  done        double precision,
  total       double precision,
  note        text,
  updated_at  timestamptz not null
) with (fillfactor = 70);

-- Insert-only. A job is claimed at most once by a token, so (job, claim) is one performing of it, and a report that is
-- sent again can't write its lines twice.
create table if not exists jobqueue_log (
  job_id     bigint not null,
  claim      bigint not null,
  line       integer not null,
  attempt    integer not null,
  message    text not null,
  data       json,
  logged_at  timestamptz not null,
  primary key (job_id, claim, line)
);`

const CALLBACK = `
-- "hash" is the SHA-256 of the token in the attempt's callback address; null when nobody asked for one. "data" came
-- before the job waited; it is handed over when it is due. The resolver has the job until its lease lapses.
create table if not exists jobqueue_callback (
  job_id           bigint not null,
  claim            bigint not null,
  worker           text not null,
  hash             bytea,
  on_timeout       text not null default 'retry',
  data             json,
  due_at           timestamptz,
  used_at          timestamptz,
  resolver         uuid,
  resolving_until  timestamptz,
  created_at       timestamptz not null default now(),
  primary key (job_id, claim),
  constraint "CK_jobqueue_callback_on_timeout" check (on_timeout in ('retry', 'fail'))
);
create unique index if not exists "IDX_jobqueue_callback_hash" on jobqueue_callback (hash) where hash is not null;
create index if not exists "IDX_jobqueue_callback_due" on jobqueue_callback (due_at) where due_at is not null;
create index if not exists "IDX_jobqueue_callback_created" on jobqueue_callback (created_at);`

// "max_attempts" is the limit before an action that raised it; a restart gives it back. "related_id" is the other job of
// a clone: on the record of the first one the copy, on that of the copy the first one.
const ACTION_COLUMNS = {
  to_state: "text",
  reason: "text",
  batch: "text",
  max_attempts: "integer",
  related_id: "bigint",
}

const TABLES = [
  "jobqueue_callback",
  "jobqueue_log",
  "jobqueue_progress",
  "jobqueue_resource",
  "jobqueue_unique",
]

const CHANGED = ["jobqueue_live", "jobqueue_request", "jobqueue_identifier", "jobqueue_action"]

export class Migration20261125100000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(lockPatiently("access exclusive", ...CHANGED))
    this.addSql(COLUMNS)
    const columns = Object.entries(ACTION_COLUMNS).map(
      ([name, type]) => `add column if not exists ${name} ${type}`
    )
    this.addSql(`alter table jobqueue_action ${columns.join(", ")};`)
    for (const sql of [UNIQUE_TABLES, REPORTS, CALLBACK]) {
      this.addSql(sql)
    }
    this.addSql(`create or replace view jobqueue_job as ${view(FURTHER)}`)
  }

  override async down(): Promise<void> {
    this.addSql(lockPatiently("access exclusive", ...CHANGED))
    this.addSql("drop view if exists jobqueue_job;")
    this.addSql(`create view jobqueue_job as ${view("")}`)
    this.addSql(`drop table if exists ${TABLES.join(", ")};`)
    const columns = Object.keys(ACTION_COLUMNS).map((name) => `drop column if exists ${name}`)
    this.addSql(`alter table jobqueue_action ${columns.join(", ")};`)
    this.addSql(`
alter table jobqueue_identifier drop column if exists redact, drop column if exists name_template;
alter table jobqueue_request drop column if exists extras;
alter table jobqueue_live drop column if exists "after", add column if not exists unique_key text;
create unique index if not exists "IDX_jobqueue_live_unique" on jobqueue_live (identifier, unique_key)
  where unique_key is not null;`)
  }
}
