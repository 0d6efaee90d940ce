/** The callback addresses of jobs: each is known by the hash of its token, and belongs to one attempt. */
import type { LiveState } from "../job/states"
import type { Sql } from "./database"

export interface NewCallback {
  id: number
  claim: number
  /** `host:pid` of the process that performs the attempt. */
  worker: string
  /** SHA-256 of the token. */
  hash: Buffer
}

export interface FoundCallback {
  hash: Buffer
  id: number
  claim: number
  isUsed: boolean
  /** The job's state; null when it was claimed anew since, has finished or is gone. */
  state: LiveState | null
}

export interface KeptCallback {
  hash: Buffer
  id: number
  claim: number
}

/** What a resolver wants of a waiting job. */
export interface Handover {
  id: number
  /** Of this attempt only; undefined is whichever waits. */
  claim?: number
  /** Only when something is kept for it, which is handed over. */
  isKept: boolean
  /** Whose the job is meanwhile. */
  resolver: string
  /** For how long at most, in milliseconds. */
  lease: number
}

// Asked for again after an answer that was lost: the token that the job knows is the later one.
const OPEN = `
insert into jobqueue_callback (job_id, claim, worker, hash)
select id, claim, $3, $4 from jobqueue_live where id = $1 and claim = $2 and worker is not null
on conflict (job_id, claim) do update set hash = excluded.hash
returning job_id`

export async function openCallback(sql: Sql, { id, claim, worker, hash }: NewCallback): Promise<boolean> {
  return (await sql.query(OPEN, [id, claim, worker, hash])).length > 0
}

const FIND = `
select c.hash, c.job_id as id, c.claim, c.used_at is not null as "isUsed", l.state
from jobqueue_callback c left join jobqueue_live l on l.id = c.job_id and l.claim = c.claim
where c.hash = $1`

export async function findCallback(sql: Sql, hash: Buffer): Promise<FoundCallback | undefined> {
  const [row] = await sql.query<FoundCallback>(FIND, [hash])
  return row
}

const KEEP = `
update jobqueue_callback c set data = $2, due_at = now(), used_at = now()
where hash = $1 and used_at is null
  and exists (select from jobqueue_live l where l.id = c.job_id and l.claim = c.claim and l.worker is not null)
returning job_id`

export async function keepData(sql: Sql, hash: Buffer, data: unknown): Promise<boolean> {
  return (await sql.query(KEEP, [hash, JSON.stringify(data)])).length > 0
}

const KEPT_BATCH = 100

// What was kept for an attempt that came to something else than waiting is of no use any more.
const KEPT = `
with due as materialized (
  select c.hash, c.job_id as id, c.claim, l.id is null as stale
  from jobqueue_callback c
  left join jobqueue_live l on l.id = c.job_id and l.claim = c.claim and l.state in ('running', 'waiting')
  where c.due_at <= now() and (c.resolving_until is null or c.resolving_until <= now())
    and (l.id is null or (l.state = 'waiting' and l.identifier = any($1)))
  order by c.due_at
  limit ${KEPT_BATCH}
), dropped as (
  update jobqueue_callback c set due_at = null, data = null
  from due where due.stale and c.job_id = due.id and c.claim = due.claim
)
select hash, id, claim from due where not stale`

/** By the partial index on what is kept, which is empty nearly always. */
export function keptCallbacks(sql: Sql, identifiers: readonly string[]): Promise<KeptCallback[]> {
  return sql.query<KeptCallback>(KEPT, [identifiers])
}
