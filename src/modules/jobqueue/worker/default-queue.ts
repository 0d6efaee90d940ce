/** The scheduled worker of the default queue, for shops in which no process works continuously. */
import { Cron } from "croner"
import type { ParsedOptions } from "../options"
import { DEFAULT_WORKER_CRON } from "../constants"
import type { Sql } from "../table/database"
import { readSetting } from "../table/settings"
import { isServed } from "../table/workers"

/** Where a setting's value comes from: the admin set it, or the plugin's options (or their default) say it. */
export interface SettingValue {
  value: string
  source: "admin" | "option"
}

export async function defaultWorkerCron(sql: Sql, { defaultWorker }: ParsedOptions): Promise<SettingValue> {
  const set = await readSetting(sql, DEFAULT_WORKER_CRON)
  return typeof set === "string" ? { value: set, source: "admin" } : { value: defaultWorker.cron, source: "option" }
}

/** True in a minute that the cron pattern names (in UTC), unless a living process serves the queue anyway. */
export async function isDefaultWorkerDue(sql: Sql, options: ParsedOptions, minute: Date): Promise<boolean> {
  if (!options.defaultWorker.enabled) {
    return false
  }
  const { value } = await defaultWorkerCron(sql, options)
  return new Cron(value, { timezone: "UTC", paused: true }).match(minute) && !(await isServed(sql, options.defaultQueue))
}
