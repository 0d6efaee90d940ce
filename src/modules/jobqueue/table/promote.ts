/** Makes jobs pending whose time has come: scheduled ones, and those that wait for their next attempt. */
import type { Sql } from "./database"
import { IN_ORDER } from "./in-order"

/** Rows that one statement promotes; more are taken by the next one at once. */
export const PROMOTION_BATCH = 1000

// One look-up by primary key for each follower, and none for any other job; as an "exists" it might be planned as a scan.
const LEADER_IS_UNDER_WAY = `(
        select leader.state in ('pending', 'scheduled', 'running', 'retrying', 'waiting')
        from jobqueue_live leader where leader.id = live."after")`

// Several processes promote at the same time and skip each other's rows. The rows are written in the order in which they
// lie in the table, so their places in the order of readiness are drawn before, and given by when they were due.
export const PROMOTE = `
with due as materialized (
  select array(
    select live.ctid from jobqueue_live live ${IN_ORDER}
    where state in ('scheduled', 'retrying') and run_at <= now()
      and ("after" is null or ${LEADER_IS_UNDER_WAY} is not true)
    order by run_at
    limit ${PROMOTION_BATCH}
    for update of live skip locked) as ctids
), place as materialized (
  select array(select nextval('jobqueue_ready_seq') from due, generate_series(1, cardinality(due.ctids))) as seqs
), promoted as (
  update jobqueue_live
  set state = 'pending', updated_at = now(), "after" = null,
    seq = (select seqs from place)[array_position((select ctids from due), ctid)]
  where ctid = any((select ctids from due)::tid[])
  returning queue
)
select queue, count(*) as count from promoted group by queue`

/** Answers how many became pending, by queue. */
export async function promoteDue(sql: Sql): Promise<Map<string, number>> {
  const rows = await sql.query<{ queue: string; count: number }>(PROMOTE)
  return new Map(rows.map(({ queue, count }) => [queue, count]))
}
