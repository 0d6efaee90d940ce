/** Boots the module as it stands, with its workers, on a database of a test's own. */
import { MockEventBusService, initModules } from "@medusajs/test-utils"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import { JOBQUEUE, type JobQueueOptions, type JobQueueService } from "../../src"
import type { OwnDatabase } from "../own-database"

export interface NewVersion {
  service: JobQueueService
  shutdown: () => Promise<void>
}

export async function bootNewVersion({ url }: OwnDatabase, options: JobQueueOptions): Promise<NewVersion> {
  const database = { clientUrl: url, schema: "public", debug: false }
  const modulesConfig = {
    [JOBQUEUE]: { resolve: "./src/modules/jobqueue", options: { database, ...options } },
  }
  const { medusaApp, shutdown } = await initModules({
    databaseConfig: database,
    modulesConfig,
    injectedDependencies: {
      [Modules.EVENT_BUS]: new MockEventBusService(),
      [ContainerRegistrationKeys.LOGGER]: console,
    },
  })
  return { service: medusaApp.modules[JOBQUEUE] as unknown as JobQueueService, shutdown }
}
