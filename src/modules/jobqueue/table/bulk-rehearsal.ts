/** What a bulk action would do, and does not. */
import { isLegal } from "../job/states"
import { BULK_BATCH, type Bulk } from "./bulk-repair"
import { chunksOf, parseIds, splitStates, type BulkTarget, type JobsByFilter } from "./bulk-target"
import { BulkTally, type BulkResult } from "./bulk-tally"
import type { Sql } from "./database"
import { countMatching, statesOf } from "./matching-jobs"

export async function rehearse({ reads, repair: { action } }: Bulk, target: BulkTarget): Promise<BulkResult> {
  const tally = new BulkTally(action)
  if ("filter" in target) {
    await countFilter(reads, target, tally)
    return tally.result(null)
  }
  for (const ids of chunksOf(parseIds(target.ids, tally), BULK_BATCH)) {
    const states = await statesOf(reads, ids)
    for (const id of ids) {
      const state = states.get(id)
      if (state !== undefined && isLegal(action, state)) {
        tally.accept(state, 1, [String(id)])
      } else {
        tally.refuse(state ?? null, 1, [String(id)])
      }
    }
  }
  return tally.result(null)
}

async function countFilter(reads: Sql, { filter, limit }: JobsByFilter, tally: BulkTally): Promise<void> {
  const { legal, illegal } = splitStates(tally.action, filter)
  if (legal.length > 0) {
    const counts = await countMatching(reads, { ...filter, state: legal }, limit)
    counts.forEach(({ state, count }) => tally.accept(state, count))
  }
  if (illegal.length > 0 && limit === undefined) {
    const counts = await countMatching(reads, { ...filter, state: illegal })
    counts.forEach(({ state, count }) => tally.refuse(state, count))
  }
}
