/**
 * What more is known of an action: where it left the job, why, with which others it was done, and what it changed that
 * a later one may need. Columns without a value of their own: nothing is rewritten, the lock is over at once.
 */
import { Migration } from "@medusajs/framework/mikro-orm/migrations"
import { lockPatiently } from "../table/patient-lock"

// "max_attempts" is the limit before an action that raised it; a restart gives it back. "related_id" is the other job of
// a clone: on the record of the first one the copy, on that of the copy the first one.
const COLUMNS = {
  to_state: "text",
  reason: "text",
  batch: "text",
  max_attempts: "integer",
  related_id: "bigint",
}

export class Migration20261125104000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(lockPatiently("access exclusive", "jobqueue_action"))
    const columns = Object.entries(COLUMNS).map(([name, type]) => `add column if not exists ${name} ${type}`)
    this.addSql(`alter table jobqueue_action ${columns.join(", ")};`)
  }

  override async down(): Promise<void> {
    this.addSql(lockPatiently("access exclusive", "jobqueue_action"))
    const columns = Object.keys(COLUMNS).map((name) => `drop column if exists ${name}`)
    this.addSql(`alter table jobqueue_action ${columns.join(", ")};`)
  }
}
