/** Makes jobs pending whose time has come: scheduled ones, and those that wait for their next attempt. */
import type { Sql } from "./database"
import { IN_ORDER } from "./in-order"

/** Rows that one statement promotes; more are taken by the next one at once. */
export const PROMOTION_BATCH = 1000

// Several processes promote at the same time and skip each other's rows.
export const PROMOTE = `
with promoted as (
  update jobqueue_live
  set state = 'pending', seq = nextval('jobqueue_ready_seq'), updated_at = now()
  where ctid = any(array(
    select live.ctid from jobqueue_live live ${IN_ORDER}
    where state in ('scheduled', 'retrying') and run_at <= now()
    order by run_at
    limit ${PROMOTION_BATCH}
    for update of live skip locked))
  returning queue
)
select queue, count(*) as count from promoted group by queue`

/** Answers how many became pending, by queue. */
export async function promoteDue(sql: Sql): Promise<Map<string, number>> {
  const rows = await sql.query<{ queue: string; count: number }>(PROMOTE)
  return new Map(rows.map(({ queue, count }) => [queue, count]))
}
