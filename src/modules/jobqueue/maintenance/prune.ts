/** Prune: finished jobs are deleted when their time is over, batch by batch. */
import type { Logger } from "@medusajs/framework/types"
import { FINISHED_STATES } from "../job/states"
import type { Database } from "../table/database"
import { PRUNE_BATCH, pruneActions, pruneCallbacks, pruneFinished, pruneReports } from "../table/prune"

/** Milliseconds that jobs of each finished state are kept. */
export type Retention = Readonly<Record<(typeof FINISHED_STATES)[number], number>>

/** Deletes one batch of each state. Answers true while a state may hold more. */
export async function prune(database: Database, retention: Retention, logger: Logger): Promise<boolean> {
  let isFull = false
  for (const state of FINISHED_STATES) {
    const pruned = await pruneFinished(database, state, retention[state])
    isFull ||= pruned === PRUNE_BATCH
    if (pruned > 0) {
      logger.debug(`[jobqueue] pruned ${pruned} ${state} jobs`)
    }
  }
  const beside = [
    await pruneActions(database, retention.failed),
    await pruneCallbacks(database, retention.failed),
    await pruneReports(database),
  ]
  return isFull || beside.includes(PRUNE_BATCH)
}
