/**
 * Writes jobs of which some are unique, in one transaction: the keys' rows are locked in their order, their holders are
 * looked at, and what results is written. A waiting holder stays locked until the commit, so that no claim begins it in
 * between (claims skip it); a running one never is, because its settle would wait.
 */
import type { Job } from "../job/job"
import type { JobState } from "../job/states"
import type { Sql } from "./database"
import { insertJobs } from "./enqueue"
import type { NewJob, WrittenJob } from "./new-job"
import { replaceJob, rescheduleJob } from "./replace"
import { readJobs } from "./retrieve"
import { planUnique, type HolderChange, type StoredHolder, type UniquePlan } from "./unique-plan"

/** A job that was written, or the one that is there instead. */
export type UniqueWritten = { written: WrittenJob; isNew: boolean; job: NewJob } | { present: Job }

// The update changes nothing: it locks the row, and answers with it.
const LOCK_KEYS = `
insert into jobqueue_unique as u (identifier, key, job_id)
select $1, key, 0 from unnest($2::text[]) as key
on conflict (identifier, key) do update set job_id = u.job_id
returning key, job_id`

const LOCK_WAITING = `
select from jobqueue_live where id = any($1) and state <> 'running' order by id for update`

const HOLDERS = `
select id, state, (extract(epoch from now() - created_at) * 1000)::float8 as age
from jobqueue_live where id = any($1)
union all
select id, state, (extract(epoch from now() - created_at) * 1000)::float8 from jobqueue_outcome where id = any($1)`

const FORGET_UNUSED = `delete from jobqueue_unique where identifier = $1 and key = any($2) and job_id = 0`

/**
 * Writes all of `jobs` or none, in their order; all are of one identifier.
 * @param sql - a transaction, with no other statement in between
 * @throws MedusaError NOT_ALLOWED for a key that is held, when the call wants that; the transaction may go on then
 */
export async function writeUniqueJobs(sql: Sql, jobs: readonly NewJob[]): Promise<UniqueWritten[]> {
  const { identifier } = jobs[0].facts
  const keys = [...new Set(jobs.flatMap(({ unique }) => unique?.key ?? []))].sort()
  const plan = await planned(sql, jobs, identifier, keys)
  const written = plan.inserts.length > 0 ? await insertJobs(sql, plan.inserts, []) : []
  for (const change of plan.changes) {
    await apply(sql, change)
  }
  return answer(sql, plan, written)
}

async function planned(
  sql: Sql,
  jobs: readonly NewJob[],
  identifier: string,
  keys: string[]
): Promise<UniquePlan> {
  const held = await sql.query<{ key: string; job_id: number }>(LOCK_KEYS, [identifier, keys])
  const holders = await readHolders(sql, held)
  try {
    return planUnique(jobs, holders)
  } catch (error) {
    await sql.query(FORGET_UNUSED, [identifier, keys])
    throw error
  }
}

/** By key; exported for the plan tests. */
export async function readHolders(
  sql: Sql,
  held: readonly { key: string; job_id: number }[]
): Promise<Map<string, StoredHolder>> {
  const ids = held.map(({ job_id }) => job_id).filter((id) => id > 0)
  if (ids.length === 0) {
    return new Map()
  }
  await sql.query(LOCK_WAITING, [ids])
  const rows = await sql.query<{ id: number; state: JobState; age: number }>(HOLDERS, [ids])
  const byId = new Map(rows.map((row) => [row.id, row]))
  return new Map(
    held.flatMap(({ key, job_id }) => {
      const holder = byId.get(job_id)
      return holder ? [[key, holder]] : [] // deleted, or pruned
    })
  )
}

function apply(sql: Sql, { id, kind, job }: HolderChange): Promise<void> {
  return kind === "replace" ? replaceJob(sql, id, job) : rescheduleJob(sql, id, job)
}

async function answer(
  sql: Sql,
  { answers, inserts }: UniquePlan,
  written: readonly WrittenJob[]
): Promise<UniqueWritten[]> {
  const ids = answers.flatMap((one) => ("id" in one ? one.id : []))
  const present = ids.length > 0 ? await readJobs(sql, ids) : new Map<number, never>()
  return answers.map((one) =>
    "id" in one
      ? { present: present.get(one.id) as Job }
      : { written: written[one.written], isNew: one.isNew, job: inserts[one.written] }
  )
}

const LOCK_NOT_AVAILABLE = "55P03"
const DEADLOCK = "40P01"

/** The key is held by a transaction that has not ended within the wait; nothing was written. */
export function isKeyStuck(error: unknown): boolean {
  return (error as { code?: unknown }).code === LOCK_NOT_AVAILABLE
}

/** Two calls waited for each other, and this one was chosen to give way; nothing was written. */
export function isDeadlock(error: unknown): boolean {
  return (error as { code?: unknown }).code === DEADLOCK
}
