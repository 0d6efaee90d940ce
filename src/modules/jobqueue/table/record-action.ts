/** Who did what to which jobs, when and why: one statement for any number of them. */
import { stateAfter, type JobState } from "../job/states"
import type { Sql } from "./database"
import type { LockedJob } from "./lock-jobs"
import type { Repair } from "./repair-request"

const RECORD = `
insert into jobqueue_action (job_id, from_state, to_state, max_attempts, related_id, action, reason, batch,
  actor_type, actor_id)
select job_id, from_state, to_state, max_attempts, related_id, $6, $7, $8, $9, $10
from unnest($1::bigint[], $2::text[], $3::text[], $4::int[], $5::bigint[])
  as job(job_id, from_state, to_state, max_attempts, related_id)`

interface Entry {
  id: number
  from: JobState
  to: JobState | null
  raised: number | null
  related: number | null
}

/** @param clones - the id of each job's copy: the copy is recorded too */
export async function recordAction(
  sql: Sql,
  { action, reason, batch, actor }: Repair,
  jobs: readonly LockedJob[],
  clones: ReadonlyMap<number, number>
): Promise<void> {
  const entries = jobs.flatMap((job): Entry[] => {
    const { id, state: from } = job
    const copy = clones.get(id)
    const own = {
      id,
      from,
      to: stateAfter(action, from),
      raised: limitRaised(action, job),
      related: copy ?? null,
    }
    return copy === undefined
      ? [own]
      : [own, { id: copy, from, to: from === "scheduled" ? from : "pending", raised: null, related: id }]
  })
  const column = (key: keyof Entry) => entries.map((entry) => entry[key])
  const perJob = [column("id"), column("from"), column("to"), column("raised"), column("related")]
  await sql.query(RECORD, [...perJob, action, reason, batch, actor?.type ?? null, actor?.id ?? null])
}

/** The limit that the action raises: a restart gives it back. */
function limitRaised(action: Repair["action"], { attempts, max_attempts }: LockedJob): number | null {
  const goesOn = action === "retry" || action === "release"
  return goesOn && attempts >= max_attempts ? max_attempts : null
}
