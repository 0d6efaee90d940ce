/**
 * What a person does to jobs: retry, restart, release, hold, clone, cancel, delete. One way for one job and for many:
 * lock them, look whether the state of each allows it, write, and record who did it. What is refused is left as it is.
 */
import { illegalAction, jobIsBusy, jobNotFound } from "../errors/repair"
import { isLegal, LEGAL_ACTIONS, type JobState } from "../job/states"
import type { Database, Sql } from "./database"
import { isOverLockTime, lockFreeJobs, lockJob, type LockedJob } from "./lock-jobs"
import { recordAction } from "./record-action"
import type { Repair } from "./repair-request"
import { perform } from "./repair-statements"

/** A job to which it was done. */
export interface Done {
  id: number
  /** The state in which it was. */
  from: JobState
  queue: string
  /** Of a clone. */
  copy: number | undefined
}

export interface Repaired {
  done: Done[]
  /** Without a state: there is no such job. */
  refused: { id: number; state: JobState | null }[]
  /** Not looked at, because somebody else changes them at this moment. */
  busy: number[]
}

/** How long one job is waited for: whoever claims or settles it takes milliseconds. */
const PATIENCE = 2000

/** @throws MedusaError when there is no such job, or its state does not allow the action; nothing changed then */
export async function repairJob(database: Database, repair: Repair, id: number): Promise<Done> {
  const { done, refused, busy } = await repairOne(database, repair, id)
  if (busy.length > 0) {
    throw jobIsBusy(String(id))
  }
  for (const { state } of refused) {
    throw state === null
      ? jobNotFound(String(id))
      : illegalAction(repair.action, String(id), state, LEGAL_ACTIONS[repair.action])
  }
  return done[0]
}

/** Does to each of `ids` what its state allows, in one short transaction; jobs that are busy are left out. */
export function repairFree(database: Database, repair: Repair, ids: readonly number[]): Promise<Repaired> {
  return database.transaction(async (sql) => {
    const { locked, busy, missing } = await lockFreeJobs(sql, ids)
    const { done, refused } = await repairLocked(sql, repair, locked)
    return { done, refused: [...refused, ...missing.map((id) => ({ id, state: null }))], busy }
  })
}

/** The same for one job, for which it waits a while. */
export async function repairOne(database: Database, repair: Repair, id: number): Promise<Repaired> {
  try {
    return await database.transaction(async (sql) => {
      const job = await lockJob(sql, id, PATIENCE)
      return job
        ? { ...(await repairLocked(sql, repair, [job])), busy: [] }
        : { done: [], refused: [{ id, state: null }], busy: [] }
    })
  } catch (error) {
    if (isOverLockTime(error)) {
      return { done: [], refused: [], busy: [id] }
    }
    throw error
  }
}

async function repairLocked(
  sql: Sql,
  repair: Repair,
  locked: readonly LockedJob[]
): Promise<Pick<Repaired, "done" | "refused">> {
  const { action, among } = repair
  const mayBeDone = ({ state }: LockedJob) => isLegal(action, state) && (among?.includes(state) ?? true)
  const jobs = locked.filter(mayBeDone)
  const refused = locked.filter((job) => !mayBeDone(job)).map(({ id, state }) => ({ id, state }))
  if (jobs.length === 0) {
    return { done: [], refused }
  }
  const clones = await perform(sql, repair, jobs)
  await recordAction(sql, repair, jobs, clones)
  return {
    done: jobs.map(({ id, state, queue }) => ({ id, from: state, queue, copy: clones.get(id) })),
    refused,
  }
}
