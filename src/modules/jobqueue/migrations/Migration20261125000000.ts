/**
 * What the claim of suspects reads: pending jobs whose process died while it held them. Building it keeps writers of
 * the live jobs out while every row is looked at: 0.25 s with a million of them. Workers and enqueues wait that long
 * and lose nothing; live jobs are few beside finished ones.
 */
import { Migration } from "@medusajs/framework/mikro-orm/migrations"
import { lockPatiently } from "../table/patient-lock"

export class Migration20261125000000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(lockPatiently("share", "jobqueue_live"))
    this.addSql(`
create index if not exists "IDX_jobqueue_live_suspect" on jobqueue_live (queue, priority, seq)
  where state = 'pending' and crashes > 0;`)
  }

  override async down(): Promise<void> {
    this.addSql(lockPatiently("access exclusive", "jobqueue_live"))
    this.addSql(`drop index if exists "IDX_jobqueue_live_suspect";`)
  }
}
