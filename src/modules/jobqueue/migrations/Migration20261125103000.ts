/** What running jobs tell of themselves: how far they are, and the lines of their log. Only jobs that tell something have rows. */
import { Migration } from "@medusajs/framework/mikro-orm/migrations"

const REPORTS = `
create table if not exists jobqueue_progress (
  job_id      bigint primary key,
  done        double precision not null,
  total       double precision,
  note        text,
  attempt     integer not null,
  updated_at  timestamptz not null
);

-- "claim" is the attempt's token: two attempts never share a line's key.
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
    this.addSql(REPORTS)
  }

  override async down(): Promise<void> {
    this.addSql("drop table if exists jobqueue_progress, jobqueue_log;")
  }
}
