/** From the plugin's options to the parts that the service delegates to. Nothing here connects or starts. */
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { Logger } from "@medusajs/framework/types"
import { PostgresBackend } from "../backend/postgres"
import { jobRegistry } from "../job/registry"
import { toMilliseconds } from "../job/duration"
import { Catalog } from "../lifecycle/catalog"
import { RequestChecker } from "../lifecycle/check-request"
import { Enqueuer } from "../lifecycle/enqueue"
import { StoreFinder } from "../lifecycle/find-store"
import { hasQuery } from "../lifecycle/application"
import { StoreCache } from "../lifecycle/store-cache"
import { queryStores } from "../lifecycle/stores"
import { UniqueWriter } from "../lifecycle/unique-writer"
import type { ParsedOptions } from "../options"
import { parseOptions } from "../options-schema"
import { Database, type ConnectionSettings } from "../table/database"
import { readStores } from "../table/shop"
import type { Announcer } from "../worker/announcer"
import { Loop } from "../worker/loop"
import { DefaultQueueSchedule } from "../worker/default-queue"
import type { Supervisor } from "../worker/supervisor"
import type { WorkerSettings } from "../worker/worker-host"
import type { WorkerProcess } from "../worker/worker-process"
import { makeWorkers, type Base } from "./workers"

/** The registration of the engine in the module's own container. */
export const ENGINE = "jobqueueEngine"

const READ_POOL_SIZE = 2

/** Everything that the service delegates to. */
export interface Engine {
  options: ParsedOptions
  logger: Logger
  database: Database
  /** For the lists that people look at: a search that takes long never holds up a claim. */
  reads: Database
  catalog: Catalog
  enqueuer: Enqueuer
  /** Writes this process's job classes, so that every process can enqueue them by identifier. */
  catalogUpkeep: Loop
  defaultQueueSchedule: DefaultQueueSchedule
  announcer: Announcer
  workerProcess: WorkerProcess
  supervisor: Supervisor
  /** Wakes the workers of these queues, here and in other processes. */
  wake: (queues: readonly string[], wereAnnounced?: boolean) => void
  /** How a worker of this queue is set up. */
  workerSettings: (queue: string) => WorkerSettings
}

/** The parts of its configuration that we share. */
interface ApplicationConnection {
  connection: Omit<ConnectionSettings, "searchPath">
  searchPath: string
}

export function makeEngine(given: Record<string, unknown>, application: Knex, logger: Logger): Engine {
  const options = parseOptions(given)
  const connect = (poolSize: number) =>
    new Database({
      ...connectionOf(application),
      poolSize,
      pooler: options.pooler,
      onError: (error) => logger.warn(`[jobqueue] a database connection broke: ${error.message}`),
    })
  const database = connect(options.poolSize)
  const registry = jobRegistry()
  const base = {
    options,
    logger,
    database,
    application,
    reads: connect(READ_POOL_SIZE),
    registry,
    backend: new PostgresBackend(database),
    stores: new StoreCache(queryStores),
    catalog: new Catalog(registry, options, database),
  }
  const workers = makeWorkers(base)
  const enqueuer = makeEnqueuer(base, workers)
  const defaultQueueSchedule = new DefaultQueueSchedule(database, options)
  return { ...base, ...workers, enqueuer, defaultQueueSchedule, catalogUpkeep: makeCatalogUpkeep(base) }
}

function makeEnqueuer(base: Base, { announcer, wake }: Pick<Engine, "announcer" | "wake">): Enqueuer {
  // In a module test the shop has no tables.
  const stores = new StoreCache(async () => (hasQuery() ? readStores(base.database) : []))
  const storeFinder = new StoreFinder(stores, base.options.resolveStore)
  const checker = new RequestChecker(base.options, base.catalog)
  const uniqueWriter = new UniqueWriter(base.backend, base.options)
  const mayAnnounce = () => announcer.mayAnnounce()
  return new Enqueuer({ ...base, wake, mayAnnounce, storeFinder, checker, uniqueWriter })
}

function makeCatalogUpkeep({ catalog, logger }: Base): Loop {
  const step = () => catalog.publish().then(() => false)
  return new Loop({ name: "registering the job classes", interval: toMilliseconds("1h"), logger, step })
}

/** As the application's own connection is set up, so that we can connect wherever it can. */
function connectionOf(application: Knex): ConnectionSettings {
  const { connection, searchPath } = application.client.config as ApplicationConnection
  return { ...connection, searchPath }
}
