/**
 * What jobs report while they run: how far they have come, and their log lines. A job that reported anything has its
 * row in `jobqueue_progress`, so that whoever deletes jobs looks for lines of those alone.
 */
import { Migration } from "@medusajs/framework/mikro-orm/migrations"

const PROGRESS = `
-- One row per job that reported, written over as it goes on. "done" is null while it has only logged.
create table if not exists jobqueue_progress (
  job_id      bigint primary key,
  attempt     integer not null,
  done        double precision,
  total       double precision,
  note        text,
  updated_at  timestamptz not null
) with (fillfactor = 70);`

const LOG = `
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

export class Migration20261125103000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(PROGRESS)
    this.addSql(LOG)
  }

  override async down(): Promise<void> {
    this.addSql("drop table if exists jobqueue_log, jobqueue_progress;")
  }
}
