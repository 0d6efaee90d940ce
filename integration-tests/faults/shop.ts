/** One process of a shop, as far as the queue can tell: the module, booted as Medusa boots it, with a log that tests read. */
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { Logger } from "@medusajs/framework/types"
import {
  ContainerRegistrationKeys,
  createPgConnection,
  isSharedConnectionSymbol,
  Modules,
} from "@medusajs/framework/utils"
import { MedusaApp, MedusaModule } from "@medusajs/framework/modules-sdk"
import { MockEventBusService } from "@medusajs/test-utils"
import { JOBQUEUE, type JobQueueOptions, type JobQueueService } from "../../src"

export interface Shop {
  jobqueue: JobQueueService
  /** The application's own connection: `PG_CONNECTION`. */
  connection: Knex
  /** What the module logged: `"warn [jobqueue] …"`. */
  log: readonly string[]
  /** Ends it as a shutdown of Medusa does. */
  stop: () => Promise<void>
}

/** Workers run unless the options say otherwise. */
export async function openShop(url: string, options: JobQueueOptions = {}): Promise<Shop> {
  const connection = createPgConnection({ clientUrl: url, schema: "public" }) as Knex
  const log: string[] = []
  const app = await boot(connection, loggerInto(log), { shutdownGrace: "1s", ...options }).catch(
    async (error: unknown) => {
      await connection.destroy()
      throw error
    }
  )
  const jobqueue = app.modules[JOBQUEUE] as unknown as JobQueueService
  return {
    jobqueue,
    connection,
    log,
    async stop() {
      await jobqueue.__hooks.onApplicationPrepareShutdown()
      await jobqueue.__hooks.onApplicationShutdown()
      await connection.destroy()
    },
  }
}

async function boot(connection: Knex, logger: Logger, options: JobQueueOptions) {
  const modulesConfig = {
    [JOBQUEUE]: {
      resolve: "./src/modules/jobqueue",
      options: { ...options, [isSharedConnectionSymbol]: true },
    },
  }
  MedusaModule.clearInstances() // else Medusa hands out the module of the shop before this one
  const app = await MedusaApp({
    modulesConfig,
    injectedDependencies: {
      [ContainerRegistrationKeys.PG_CONNECTION]: connection,
      [ContainerRegistrationKeys.LOGGER]: logger,
      [ContainerRegistrationKeys.CONFIG_MODULE]: { modules: modulesConfig },
      [Modules.EVENT_BUS]: new MockEventBusService(),
    },
  })
  await app.onApplicationStart()
  return app
}

function loggerInto(log: string[]): Logger {
  const write = (level: string) => (message: unknown, error?: Error) =>
    void log.push([level, String(message), error && error.message].filter(Boolean).join(" "))
  const levels = ["debug", "info", "warn", "error", "log"].map((level) => [level, write(level)])
  return Object.fromEntries(levels) as Logger
}
