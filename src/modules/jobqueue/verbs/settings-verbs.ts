/** The verbs that read and change what the admin set for the shop. */
import { DEFAULT_WORKER_CRON } from "../constants"
import { invalidSetting } from "../errors/options"
import { cronProblem } from "../options-schema"
import type { Actor } from "../table/repair-request"
import { resetSetting, writeSetting } from "../table/settings"
import { defaultWorkerCron, type SettingValue } from "../worker/default-queue"
import { CallbackVerbs } from "./callback-verbs"

/** What the admin can set for the whole shop. */
export interface SettingsView {
  /** When the scheduled worker of the default queue looks for jobs: a cron pattern, in UTC. */
  [DEFAULT_WORKER_CRON]: SettingValue
}

/** New values; null takes the admin's value back. */
export type SettingsUpdate = { [K in keyof SettingsView]?: string | null }

export class SettingsVerbs extends CallbackVerbs {
  async getSettings(): Promise<SettingsView> {
    const { database, options } = this.engine_
    return { [DEFAULT_WORKER_CRON]: await defaultWorkerCron(database, options) }
  }

  /** @throws MedusaError (INVALID_DATA) that says what is wrong with a value */
  async updateSettings(changes: SettingsUpdate, actor?: Actor): Promise<SettingsView> {
    const pattern = changes[DEFAULT_WORKER_CRON]
    const problem = pattern ? cronProblem(pattern) : undefined
    if (problem) {
      throw invalidSetting(DEFAULT_WORKER_CRON, problem)
    }
    if (pattern) {
      await writeSetting(this.engine_.database, DEFAULT_WORKER_CRON, pattern, actor?.id ?? null)
    } else if (pattern === null) {
      await resetSetting(this.engine_.database, DEFAULT_WORKER_CRON)
    }
    return this.getSettings()
  }
}
