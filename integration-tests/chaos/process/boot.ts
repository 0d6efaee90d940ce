/** Boots the module alone, as Medusa does it: its own loaders, its hooks, its migrations, on a shared connection. */
import { join } from "node:path"
import { MedusaApp, MedusaModule } from "@medusajs/framework/modules-sdk"
import type { LoaderOptions, Logger } from "@medusajs/framework/types"
import {
  ContainerRegistrationKeys,
  isSharedConnectionSymbol,
  ModulesSdkUtils,
} from "@medusajs/framework/utils"
import { JOBQUEUE, jobLoader, type JobClass, type JobQueueService } from "../../../src"
import type { Setting } from "./setting"

export interface Booted {
  service: JobQueueService
  start: () => Promise<void>
  /** Everything that Medusa does at its end. */
  stop: () => Promise<void>
}

export async function boot(setting: Setting, classes: readonly JobClass[]): Promise<Booted> {
  await jobLoader(classes)({} as LoaderOptions)
  const database = { clientUrl: setting.databaseUrl, schema: "public" }
  const connection = ModulesSdkUtils.createPgConnection(database)
  const modulesConfig = {
    [JOBQUEUE]: {
      resolve: join(__dirname, "../../../src/modules/jobqueue"),
      options: { database, ...setting.options, [isSharedConnectionSymbol]: true },
    },
  }
  const app = await MedusaApp({
    modulesConfig,
    sharedResourcesConfig: { database },
    injectedDependencies: {
      [ContainerRegistrationKeys.PG_CONNECTION]: connection,
      [ContainerRegistrationKeys.LOGGER]: logger,
      [ContainerRegistrationKeys.CONFIG_MODULE]: { modules: modulesConfig },
    },
  })
  if (setting.migrate) {
    await app.runMigrations()
  }
  return {
    service: app.modules[JOBQUEUE] as unknown as JobQueueService,
    start: () => app.onApplicationStart(),
    async stop() {
      await app.onApplicationPrepareShutdown()
      await app.onApplicationShutdown()
      await connection.destroy()
      MedusaModule.clearInstances()
    },
  }
}

const line = (level: string) => (message: unknown, error?: Error) =>
  console.log(`${level}: ${String(message)}${error ? ` (${error.message})` : ""}`)

/** One line on standard output for each message. */
const logger = Object.assign(Object.create(console) as Logger, {
  debug: () => undefined,
  info: line("info"),
  warn: line("warn"),
  error: line("error"),
})
