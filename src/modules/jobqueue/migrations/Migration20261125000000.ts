/** What the claim of suspects reads: pending jobs whose process died while it held them. */
import { Migration } from "@medusajs/framework/mikro-orm/migrations"

export class Migration20261125000000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
create index if not exists "IDX_jobqueue_live_suspect" on jobqueue_live (queue, priority, seq)
  where state = 'pending' and crashes > 0;`)
  }

  override async down(): Promise<void> {
    this.addSql(`drop index if exists "IDX_jobqueue_live_suspect";`)
  }
}
