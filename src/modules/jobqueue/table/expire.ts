/** Finds waiting jobs whose deadline has come, and locks them for whoever settles them. */
import type { Backoff } from "../job/backoff"
import type { OnTimeout } from "../job/outcome"
import type { Sql } from "./database"
import { IN_ORDER } from "./in-order"

/** Rows of one transaction; more are taken by the next one at once. */
export const EXPIRY_BATCH = 500

export interface ExpiredJob {
  id: number
  claim: number
  queue: string
  identifier: string
  attempt: number
  maxAttempts: number
  backoff: Backoff
  onTimeout: OnTimeout
  /** `host:pid` of the process that performed the attempt. */
  worker: string
}

// One that is being resolved at this moment is left to its resolver: its lease is short. Several processes look at the
// same time and skip each other's rows.
const EXPIRED = `
select live.id, live.claim, live.queue, live.identifier, live.attempts as attempt, live.max_attempts as "maxAttempts",
  r.backoff, c.on_timeout as "onTimeout", c.worker
from jobqueue_live live ${IN_ORDER}
cross join lateral (select * from jobqueue_callback where job_id = live.id and claim = live.claim offset 0) c
cross join lateral (select backoff from jobqueue_request where id = live.id offset 0) r
where live.state = 'waiting' and live.run_at <= now() and (c.resolving_until is null or c.resolving_until <= now())
order by live.run_at
limit ${EXPIRY_BATCH}
for update of live skip locked`

const ANY_EXPIRED = `
select exists (select from jobqueue_live where state = 'waiting' and run_at <= now()) as "areThere"`

/** Asked before a transaction is begun, because there are none nearly always. */
export async function areExpired(sql: Sql): Promise<boolean> {
  const [{ areThere }] = await sql.query<{ areThere: boolean }>(ANY_EXPIRED)
  return areThere
}

/** At most `EXPIRY_BATCH`, the one that is longest due first. */
export function lockExpired(transaction: Sql): Promise<ExpiredJob[]> {
  return transaction.query<ExpiredJob>(EXPIRED)
}
