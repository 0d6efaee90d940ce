/** Rescue: jobs of dead processes go back to pending, or to failed at their limit. */
import type { Logger } from "@medusajs/framework/types"
import type { Database } from "../table/database"
import { rescueOrphans } from "../table/rescue"

export interface RescueResult {
  /** The queues that have work again. */
  ready: string[]
  /** Jobs that were at their limit, or whose cancellation was asked for. */
  ended: number[]
}

export async function rescue(database: Database, logger: Logger, rescuer: number): Promise<RescueResult> {
  const { dead, jobs } = await rescueOrphans(database, rescuer)
  for (const name of dead) {
    logger.warn(`[jobqueue] the worker process ${name} is dead: its lease ran out`)
  }
  for (const { id, identifier, queue, state } of jobs) {
    logger.warn(
      `[jobqueue] ${identifier} #${id} (queue ${queue}) was rescued from a dead worker and is ${state} now`
    )
  }
  return {
    ready: [...new Set(jobs.filter(({ state }) => state === "pending").map(({ queue }) => queue))],
    ended: jobs.filter(({ state }) => state !== "pending").map(({ id }) => id),
  }
}
