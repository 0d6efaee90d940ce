/**
 * What jobs that wait for a third party need: one row for each attempt that asked for a callback address, or that waits.
 * The tables of before are not touched.
 */
import { Migration } from "@medusajs/framework/mikro-orm/migrations"

export class Migration20261125102000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
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
create index if not exists "IDX_jobqueue_callback_created" on jobqueue_callback (created_at);`)
  }

  override async down(): Promise<void> {
    this.addSql(`drop table if exists jobqueue_callback;`)
  }
}
