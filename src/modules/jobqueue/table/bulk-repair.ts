/**
 * One action on many jobs, by ids or by filter: in batches, each a short transaction of its own, so that workers are not
 * held up and memory stays bounded however many there are. What was done stays done when a later batch fails.
 */
import { randomUUID } from "node:crypto"
import { chunksOf, parseIds, splitStates, type BulkTarget, type JobsByFilter } from "./bulk-target"
import { BulkTally, type BulkResult } from "./bulk-tally"
import type { Database } from "./database"
import { countMatching, lastJobId, nextMatching } from "./matching-jobs"
import { repairFree, repairOne, type Done } from "./repair"
import type { Repair } from "./repair-request"

/** A batch takes milliseconds. */
export const BULK_BATCH = 500

export interface Bulk {
  database: Database
  /** For what is only read: a search that takes long never holds up a claim. */
  reads: Database
  repair: Omit<Repair, "batch">
  /** After each batch that was committed. */
  onDone: (done: readonly Done[]) => void
}

export async function repairMany(bulk: Bulk, target: BulkTarget): Promise<BulkResult> {
  const work = new BulkWork(bulk, randomUUID())
  if ("ids" in target) {
    for (const ids of chunksOf(parseIds(target.ids, work.tally), BULK_BATCH)) {
      await work.repair(ids)
    }
  } else {
    await repairMatching(bulk, target, work)
  }
  return work.tally.result(work.batch)
}

async function repairMatching(
  { reads, repair: { action } }: Bulk,
  { filter, limit = Infinity }: JobsByFilter,
  work: BulkWork
): Promise<void> {
  const { legal, illegal } = splitStates(action, filter)
  const upTo = await lastJobId(reads)
  // Before anything is done: a job that is canceled now is no canceled job that was found.
  if (illegal.length > 0 && limit === Infinity) {
    const counts = await countMatching(reads, { ...filter, state: illegal })
    counts.forEach(({ state, count }) => work.tally.refuse(state, count))
  }
  let after = 0
  while (legal.length > 0 && work.tally.done < limit) {
    const most = Math.min(BULK_BATCH, limit - work.tally.done)
    const ids = await nextMatching(reads, { ...filter, state: legal }, { after, upTo }, most)
    if (ids.length === 0) {
      return
    }
    await work.repair(ids, legal)
    after = ids[ids.length - 1]
  }
}

class BulkWork {
  readonly batch: string
  readonly tally: BulkTally
  readonly #bulk: Bulk

  constructor(bulk: Bulk, batch: string) {
    this.#bulk = bulk
    this.batch = batch
    this.tally = new BulkTally(bulk.repair.action)
  }

  /** All that are free at once, then each of the others for itself. @param among - states that are meant */
  async repair(ids: readonly number[], among?: Repair["among"]): Promise<void> {
    const { database, onDone } = this.#bulk
    const repair = { ...this.#bulk.repair, among, batch: this.batch }
    const { done, refused, busy } = await repairFree(database, repair, ids)
    this.tally.add({ done, refused, busy: [] })
    onDone(done)
    for (const id of busy) {
      const one = await repairOne(database, repair, id)
      this.tally.add(one)
      onDone(one.done)
    }
  }
}
