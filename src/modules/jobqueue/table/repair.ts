/** What a person does to one job: retry, cancel, delete. Each is recorded with who did it. */
import { illegalAction, jobNotFound } from "../errors/repair"
import { isFinished, isLegal, LEGAL_ACTIONS, type JobAction, type JobState } from "../job/states"
import { FORGET_BELONGINGS } from "./belongings"
import type { Database, Sql } from "./database"

/** Who acts, for the record; an admin user, an API key, a script. */
export interface Actor {
  type: string
  id: string
}

/** @throws MedusaError when there is no such job, or its state does not allow the action; nothing changed then */
export function repairJob(database: Database, action: JobAction, id: number, actor?: Actor): Promise<void> {
  return database.transaction(async (sql) => {
    const state = await lockJob(sql, id)
    if (!isLegal(action, state)) {
      throw illegalAction(action, String(id), state, LEGAL_ACTIONS[action])
    }
    await STATEMENTS[action](sql, id, state)
    await sql.query(RECORD, [id, action, state, actor?.type ?? null, actor?.id ?? null])
  })
}

const RECORD = `
insert into jobqueue_action (job_id, action, from_state, actor_type, actor_id) values ($1, $2, $3, $4, $5)`

/** Waits for whoever settles or claims the job right now; looks among the finished only after that. */
async function lockJob(sql: Sql, id: number): Promise<JobState> {
  for (const table of ["jobqueue_live", "jobqueue_outcome"]) {
    const [row] = await sql.query<{ state: JobState }>(
      `select state from ${table} where id = $1 for update`,
      [id]
    )
    if (row) {
      return row.state
    }
  }
  throw jobNotFound(String(id))
}

const STATEMENTS: Record<JobAction, (sql: Sql, id: number, state: JobState) => Promise<void>> = {
  async retry(sql, id, state) {
    await sql.query(isFinished(state) ? REVIVE : HURRY, [id])
  },
  async cancel(sql, id, state) {
    await sql.query(state === "running" ? ASK_TO_CANCEL : CANCEL, [id])
  },
  async delete(sql, id) {
    for (const statement of DELETE) {
      await sql.query(statement, [id])
    }
  },
}

// A job at its limit gets one more attempt; the attempts go on counting, so that the history stays true.
const HURRY = `
update jobqueue_live
set state = 'pending', seq = nextval('jobqueue_ready_seq'), run_at = now(), "after" = null, reason = null, refunds = 0, crashes = 0, cancel = false,
  max_attempts = greatest(max_attempts, attempts + 1), updated_at = now()
where id = $1`

const REVIVE = `
with finished as (delete from jobqueue_outcome where id = $1 returning *)
insert into jobqueue_live (id, seq, run_at, created_at, claimed_at, updated_at, state, queue, identifier,
  priority, attempts, max_attempts)
select id, nextval('jobqueue_ready_seq'), now(), created_at, started_at, now(), 'pending', queue, identifier,
  priority, attempts, greatest(max_attempts, attempts + 1)
from finished`

const CANCEL = `
with canceled as (delete from jobqueue_live where id = $1 returning *)
insert into jobqueue_outcome (id, state, attempts, max_attempts, priority, queue, identifier, created_at, run_at,
  started_at, finished_at, reason)
select id, 'canceled', attempts, max_attempts, priority, queue, identifier, created_at, run_at, claimed_at, now(),
  'canceled by a person'
from canceled`

const ASK_TO_CANCEL = `
update jobqueue_live set cancel = true, reason = 'canceled by a person while it ran', updated_at = now() where id = $1`

const DELETE = [
  `delete from jobqueue_live where id = $1`,
  `delete from jobqueue_outcome where id = $1`,
  `delete from jobqueue_attempt where job_id = $1`,
  ...FORGET_BELONGINGS,
  `delete from jobqueue_request where id = $1`,
]
