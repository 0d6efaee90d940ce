/** From the plugin's options to the parts that the service delegates to. Nothing here connects or starts. */
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { Logger } from "@medusajs/framework/types"
import { PostgresBackend } from "../backend/postgres"
import { jobRegistry } from "../job/registry"
import { toMilliseconds } from "../job/duration"
import type { CallbackLimiter } from "../lifecycle/callback-rate"
import { Catalog } from "../lifecycle/catalog"
import { RequestChecker } from "../lifecycle/check-request"
import type { Afterwards } from "../lifecycle/afterwards"
import { Enqueuer } from "../lifecycle/enqueue"
import { ImmediatePerformer } from "../lifecycle/perform-immediate"
import { StoreFinder } from "../lifecycle/find-store"
import { hasQuery } from "../lifecycle/application"
import { Middlewares } from "../lifecycle/middlewares"
import type { CallbackReceiver } from "../lifecycle/receive-callback"
import type { Resolver } from "../lifecycle/resolve"
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
import type { Inline } from "../worker/inline"
import type { Supervisor } from "../worker/supervisor"
import type { WorkerSettings } from "../worker/worker-host"
import type { WorkerProcess } from "../worker/worker-process"
import { makeAfterwards } from "./afterwards"
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
  middlewares: Middlewares
  /** Hooks and events of jobs whose outcome is written. */
  afterwards: Afterwards
  immediatePerformer: ImmediatePerformer
  /** Writes this process's job classes, so that every process can enqueue them by identifier. */
  catalogUpkeep: Loop
  defaultQueueSchedule: DefaultQueueSchedule
  resolver: Resolver
  callbacks: CallbackReceiver
  callbackLimiter: CallbackLimiter
  announcer: Announcer
  workerProcess: WorkerProcess
  supervisor: Supervisor
  /** Performs jobs where they are enqueued, in mode `inline` and in tests. */
  inline: Inline
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
  const base = makeBase(parseOptions(given), application, logger)
  const workers = makeWorkers(base)
  const writing = { ...base, ...workers, ...makeChecks(base) }
  const enqueuer = new Enqueuer({ ...writing, mayAnnounce: () => workers.announcer.mayAnnounce() })
  const immediatePerformer = new ImmediatePerformer(writing)
  const defaultQueueSchedule = new DefaultQueueSchedule(base.database, base.options)
  const catalogUpkeep = makeCatalogUpkeep(base)
  return { ...base, ...workers, enqueuer, immediatePerformer, defaultQueueSchedule, catalogUpkeep }
}

/** What all other parts are made of. */
function makeBase(options: ParsedOptions, application: Knex, logger: Logger) {
  const connect = (poolSize: number) =>
    new Database({
      ...connectionOf(application),
      poolSize,
      pooler: options.pooler,
      onError: (error) => logger.warn(`[jobqueue] a database connection broke: ${error.message}`),
    })
  const database = connect(options.poolSize)
  const registry = jobRegistry()
  const stores = new StoreCache(queryStores)
  return {
    options,
    logger,
    database,
    application,
    reads: connect(READ_POOL_SIZE),
    registry,
    backend: new PostgresBackend(database),
    stores,
    catalog: new Catalog(registry, options, database),
    middlewares: new Middlewares(options.middleware),
    afterwards: makeAfterwards({ registry, stores, database, logger, hookTimeout: options.hookTimeout }),
  }
}

/** What has a say in a job before it is written, or performed without that. */
function makeChecks(base: Base) {
  // In a module test the shop has no tables.
  const stores = new StoreCache(async () => (hasQuery() ? readStores(base.database) : []))
  const storeFinder = new StoreFinder(stores, base.options.resolveStore)
  const checker = new RequestChecker(base.options, base.catalog)
  return { storeFinder, checker, uniqueWriter: new UniqueWriter(base.backend, base.options) }
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
