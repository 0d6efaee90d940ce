/** Promote: scheduled and retrying jobs become pending when their time has come. */
import type { Database } from "../table/database"
import { PROMOTION_BATCH, promoteDue } from "../table/promote"

/** Promotes one batch and wakes its queues. Answers true while more may be due. */
export async function promote(
  database: Database,
  wake: (queues: readonly string[]) => void
): Promise<boolean> {
  const promoted = await promoteDue(database)
  if (promoted.size > 0) {
    wake([...promoted.keys()])
  }
  return sum(promoted.values()) === PROMOTION_BATCH
}

function sum(counts: Iterable<number>): number {
  let total = 0
  for (const count of counts) {
    total += count
  }
  return total
}
