/** Takes pending jobs exclusively: counts the attempt and writes the fence, in one statement. */
import { ClaimedJob, PACKED } from "./claimed-job"
import type { Sql } from "./database"
import { IN_ORDER } from "./in-order"
import { statement, type Statement } from "./statement"

/**
 * What may be taken. `direct`: what begins at once, in a free place. `prefetch`: claimed ahead, not begun yet.
 * These two never get a job whose process died while it held it. Of such jobs, `suspect` takes those that this happened
 * to once, `overdue` those of them that have waited long, and `repeated` those that it happened to more often.
 */
export type ClaimKind = "direct" | "prefetch" | SuspectKind
export type SuspectKind = "suspect" | "overdue" | "repeated"

/** Where the pending jobs of one priority begin: everything up to `seq` was seen before. */
export interface Level {
  priority: number
  seq: number
}

export interface ClaimRequest {
  /** The token: made by the client before the statement is sent, one per statement, never repeated. */
  claim: number
  worker: number
  queue: string
  /** Identifiers that this process knows; jobs of others are left, uncounted, for a worker that knows them. */
  identifiers: readonly string[]
  limit: number
  /** Default `direct`. */
  kind?: ClaimKind
  /** Default: all pending jobs, a full claim. */
  levels?: readonly Level[]
}

/** A suspect that is pending so long: what it is kept apart for must not keep it from its next attempt. */
export const OVERDUE = "updated_at < now() - interval '2 seconds'"

const MAY_BE_TAKEN: Record<ClaimKind, string> = {
  direct: "crashes = 0",
  prefetch: "crashes = 0",
  suspect: "crashes = 1",
  overdue: `crashes = 1 and ${OVERDUE}`,
  repeated: "crashes > 1",
}

// A process that was declared dead and does not know it yet gets nothing. The commit need not reach the disk: a claim
// that a server crash forgets leaves a pending job, and its token is never used again (idle p99 5.0 instead of 6.9 ms).
const ALIVE = `exists (select from jobqueue_worker where id = $2)
      and (select set_config('synchronous_commit', 'off', true)) = 'off'`

// No cursor: walks all that is pending, in the order of the partial index on (queue, priority, seq).
const everything = (kind: ClaimKind, limit: number) => `
    select live.ctid from jobqueue_live live ${IN_ORDER}
    where queue = $3 and state = 'pending' and identifier = any($4) and ${MAY_BE_TAKEN[kind]}
      and ${ALIVE}
    order by priority, seq
    limit ${limit}
    for update of live skip locked`

// One index scan a level, from its cursor on, and no further than the limit: the levels come in their order. With the
// level and its cursor given, the planner walks the index by itself.
const beyond = (kind: ClaimKind, limit: number) => `
    select taken.ctid
    from unnest($5::int[], $6::bigint[]) as level(priority, seq)
    cross join lateral (
      select live.ctid from jobqueue_live live
      where live.queue = $3 and live.state = 'pending' and live.priority = level.priority and live.seq > level.seq
        and live.identifier = any($4) and live.${MAY_BE_TAKEN[kind]}
        and ${ALIVE}
      order by live.seq
      limit ${limit}
      for update skip locked
    ) taken
    limit ${limit}`

// The array can't hold more rows than its limit, and a plan over ctid does not flip to a scan of the table. The
// request is looked up by primary key for each claimed row: a scalar subquery can't become a join over all requests,
// and what is claimed need not be kept, joined and sorted first (claim and settle: 0.14 instead of 0.15 CPU-s of the
// database per 10,000 jobs, and 0.01 less of Node). The limit is a literal: with a parameter the generic plan expects a
// tenth of the table and sorts it (10.5 ms instead of 0.07 ms at 100,000 rows).
const claiming = (kind: ClaimKind, ctids: string) => `
update jobqueue_live c
set state = 'running', claim = $1, worker = $2, attempts = attempts + 1, begun = ${kind !== "prefetch"},
  reason = null, claimed_at = now(), updated_at = now()
where ctid = any(array(${ctids}))
returning id, attempts, (select ${PACKED} from jobqueue_request r where r.id = c.id)`

/** Exported for the plan tests. */
export function claimStatement(kind: ClaimKind, limit: number, byLevel: boolean): Statement {
  const key = `${kind}_${byLevel ? "levels" : "full"}_${limit}`
  const present = STATEMENTS.get(key)
  if (present) {
    return present
  }
  const made = statement(`claim_${key}`, claiming(kind, (byLevel ? beyond : everything)(kind, limit)))
  STATEMENTS.set(key, made)
  return made
}

const STATEMENTS = new Map<string, Statement>()

const EXACT_UP_TO = 16

/** Few different limits, because each is a statement of its own: exact up to 16, then the next lower 2^n or 1.5 × 2^n. */
export function roundedLimit(limit: number): number {
  if (limit <= EXACT_UP_TO) {
    return limit
  }
  const power = 2 ** Math.floor(Math.log2(limit))
  return limit >= power * 1.5 ? power * 1.5 : power
}

/** At most `limit` jobs, in the order in which they should begin. */
export async function claimJobs(sql: Sql, request: ClaimRequest): Promise<ClaimedJob[]> {
  const { claim, worker, queue, identifiers, limit, kind = "direct", levels } = request
  const values: unknown[] = [claim, worker, queue, identifiers]
  if (levels) {
    values.push(
      levels.map(({ priority }) => priority),
      levels.map(({ seq }) => seq)
    )
  }
  const { rows } = await sql.run(claimStatement(kind, roundedLimit(limit), levels !== undefined), values)
  const claimed = rows.filter(([, , packed]) => packed !== null) // a row whose request somebody deleted is no job
  return claimed.map((row) => new ClaimedJob(row, request)).sort(byReadiness)
}

function byReadiness(one: ClaimedJob, other: ClaimedJob): number {
  return one.priority - other.priority || one.seq - other.seq
}
