/** The scheduled worker of the default queue, for shops in which no process works continuously. */
import { Cron } from "croner"
import { DEFAULT_WORKER_CRON } from "../constants"
import type { ParsedOptions } from "../options"
import { BUILT_IN_CRON } from "../options-schema"
import type { Sql } from "../table/database"
import { readSetting } from "../table/settings"
import { isServed } from "../table/workers"

/** A setting, and where its value comes from. */
export interface SettingValue {
  value: string
  source: "admin" | "option" | "built-in"
}

export async function defaultWorkerCron(sql: Sql, { defaultWorker }: ParsedOptions): Promise<SettingValue> {
  const set = await readSetting(sql, DEFAULT_WORKER_CRON)
  if (typeof set === "string") {
    return { value: set, source: "admin" }
  }
  return { value: defaultWorker.cron, source: defaultWorker.cron === BUILT_IN_CRON ? "built-in" : "option" }
}

const TICK_MILLISECONDS = 60_000

/** Decides at each tick of the plugin's own scheduled job whether there is something to do. */
export class DefaultQueueSchedule {
  readonly #sql: Sql
  readonly #options: ParsedOptions
  #last: Date | undefined

  constructor(sql: Sql, options: ParsedOptions) {
    this.#sql = sql
    this.#options = options
  }

  /**
   * True when the cron pattern (in UTC) names a moment since the last tick, unless a living process serves the
   * queue anyway. A span and not a minute: ticks come late, and one is left out when a run takes long.
   */
  async isDue(tick: Date): Promise<boolean> {
    const last = this.#last ?? new Date(tick.getTime() - TICK_MILLISECONDS)
    this.#last = tick
    if (!this.#options.defaultWorker.enabled) {
      return false
    }
    const { value } = await defaultWorkerCron(this.#sql, this.#options)
    const next = new Cron(value, { timezone: "UTC", paused: true }).nextRun(last)
    return next !== null && next <= tick && !(await isServed(this.#sql, this.#options.defaultQueue))
  }
}
