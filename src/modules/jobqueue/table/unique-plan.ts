/** What an enqueue of unique jobs comes to, given who holds their keys: pure, so that it can be looked at by itself. */
import { keyHeld } from "../errors/enqueue"
import { decideUnique, type KeyHolder } from "../job/unique"
import type { NewJob } from "./new-job"

/** Who holds a key, as the table says. */
export interface StoredHolder extends KeyHolder {
  id: number
}

/** A change of the job that holds the key. */
export interface HolderChange {
  id: number
  kind: "replace" | "reschedule"
  job: NewJob
}

/** Where the answer of a request comes from: a job that is written (by its place among them), or one that is there. */
export type UniqueAnswer = { written: number; isNew: boolean } | { id: number }

export interface UniquePlan {
  inserts: NewJob[]
  changes: HolderChange[]
  /** In the order of the requests. */
  answers: UniqueAnswer[]
}

/** The job that has a key by now: one of the table, or one that this same call writes. */
type Taken = { id: number; holder: StoredHolder } | { written: number }

/**
 * Goes through the requests in their order, so that a key that comes twice meets the job of its first request.
 * @throws MedusaError NOT_ALLOWED for a request with `onConflict: "error"`
 */
export function planUnique(jobs: readonly NewJob[], holders: ReadonlyMap<string, StoredHolder>): UniquePlan {
  const plan: UniquePlan = { inserts: [], changes: [], answers: [] }
  const taken = new Map<string, Taken>(
    Array.from(holders, ([key, holder]) => [key, { id: holder.id, holder }])
  )
  for (const job of jobs) {
    plan.answers.push(planOne(job, plan, taken))
  }
  return plan
}

function planOne(job: NewJob, plan: UniquePlan, taken: Map<string, Taken>): UniqueAnswer {
  const { unique } = job
  if (!unique) {
    return { written: plan.inserts.push(job) - 1, isNew: true }
  }
  const present = taken.get(unique.key)
  const decision = decideUnique(unique, present && holderOf(present, plan))
  if (decision === "insert" || !present) {
    const written = plan.inserts.push(job) - 1
    taken.set(unique.key, { written })
    return { written, isNew: true }
  }
  if (decision === "error") {
    throw keyHeld(job.facts.identifier, unique.key, "id" in present ? String(present.id) : undefined)
  }
  if ("written" in present) {
    plan.inserts[present.written] = changed(plan.inserts[present.written], job, decision)
    return { written: present.written, isNew: false }
  }
  if (decision === "follow") {
    const written = plan.inserts.push({ ...job, after: present.id }) - 1
    taken.set(unique.key, { written })
    return { written, isNew: true }
  }
  if (decision !== "return") {
    plan.changes.push({ id: present.id, kind: decision, job })
  }
  return { id: present.id }
}

/** One that this call writes is as old as the call. */
function holderOf(taken: Taken, { inserts }: UniquePlan): KeyHolder {
  if ("holder" in taken) {
    return taken.holder
  }
  const { runAt, delay, after } = inserts[taken.written]
  const isDue = after === undefined && delay === 0 && (runAt === null || runAt.getTime() <= Date.now())
  return { state: isDue ? "pending" : "scheduled", age: 0 }
}

function changed(
  before: NewJob,
  job: NewJob,
  decision: "return" | "replace" | "reschedule" | "follow"
): NewJob {
  const { after } = before
  switch (decision) {
    case "replace":
      return { ...job, after }
    case "reschedule":
      return { ...before, runAt: job.runAt, delay: job.delay }
    case "return":
    case "follow":
      return before
  }
}
