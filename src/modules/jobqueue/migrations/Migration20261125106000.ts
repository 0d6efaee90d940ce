/**
 * Unique jobs, followers and further resources. What few jobs have stands in one column of the request ("extras") and
 * in two tables of its own, so that a job without it costs nothing. The unique key of the hot table was never written.
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

const TABLES = `
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

const columns = (further: string) => `
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

export class Migration20261125106000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(lockPatiently("access exclusive", "jobqueue_live", "jobqueue_request", "jobqueue_identifier"))
    this.addSql(COLUMNS)
    this.addSql(TABLES)
    this.addSql(`create or replace view jobqueue_job as ${columns(FURTHER)}`)
  }

  override async down(): Promise<void> {
    this.addSql(lockPatiently("access exclusive", "jobqueue_live", "jobqueue_request", "jobqueue_identifier"))
    this.addSql("drop view if exists jobqueue_job;")
    this.addSql(`create view jobqueue_job as ${columns("")}`)
    this.addSql("drop table if exists jobqueue_resource, jobqueue_unique;")
    this.addSql(`
alter table jobqueue_identifier drop column if exists redact, drop column if exists name_template;
alter table jobqueue_request drop column if exists extras;
alter table jobqueue_live drop column if exists "after", add column if not exists unique_key text;
create unique index if not exists "IDX_jobqueue_live_unique" on jobqueue_live (identifier, unique_key)
  where unique_key is not null;`)
  }
}
