/** The verbs by which scheduled jobs work on queues for a bounded time. */
import { unknownQueue } from "../errors/enqueue"
import { toMilliseconds, type Duration } from "../job/duration"
import { runBounded } from "../worker/scheduled-run"
import { SettingsVerbs } from "./settings-verbs"

/** Bounds of one scheduled run. */
export interface ScheduledWork {
  queue: string
  /** Jobs at most. Default 1,000. */
  limit?: number
  /** Time at most. Default `"50s"`. */
  budget?: Duration
}

const DEFAULT_LIMIT = 1000
const DEFAULT_BUDGET = "50s"

export class WorkVerbs extends SettingsVerbs {
  /** Works on one queue for a bounded time, as a scheduled job. Answers how many jobs it began. */
  async workScheduled({
    queue,
    limit = DEFAULT_LIMIT,
    budget = DEFAULT_BUDGET,
  }: ScheduledWork): Promise<number> {
    const { catalog, workerProcess, workerSettings } = this.engine_
    if (!catalog.queues().includes(queue)) {
      throw unknownQueue(queue, catalog.queues())
    }
    return runBounded(workerSettings(queue), workerProcess, { limit, budget: toMilliseconds(budget) })
  }

  /** The plugin's own scheduled job, each minute. Works when the settings named a moment since the last tick. */
  async workDefaultQueue(tick: Date): Promise<number> {
    const { options, defaultQueueSchedule } = this.engine_
    const { limit, budget } = options.defaultWorker
    const isDue = await defaultQueueSchedule.isDue(tick)
    return isDue ? this.workScheduled({ queue: options.defaultQueue, limit, budget }) : 0
  }
}
