/**
 * The composition root: from the plugin's options to the parts that the service delegates to. Nothing here
 * connects or starts: loaders also run during migrations.
 */
import { hostname } from "node:os"
import { asValue } from "@medusajs/framework/awilix"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { LoaderOptions, Logger } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { PostgresBackend } from "../backend/postgres"
import { VERSION } from "../constants"
import { jobRegistry } from "../job/registry"
import { toMilliseconds } from "../job/duration"
import { Catalog } from "../lifecycle/catalog"
import { RequestChecker } from "../lifecycle/check-request"
import { Enqueuer } from "../lifecycle/enqueue"
import { StoreFinder } from "../lifecycle/find-store"
import type { PerformDependencies } from "../lifecycle/perform"
import { hasQuery } from "../lifecycle/application"
import { StoreCache } from "../lifecycle/store-cache"
import { queryStores } from "../lifecycle/stores"
import { parseOptions, type ParsedOptions } from "../options"
import { Database, type ConnectionSettings } from "../table/database"
import { readStores } from "../table/shop"
import { Announcer } from "../worker/announcer"
import { Loop } from "../worker/loop"
import { DefaultQueueSchedule } from "../worker/default-queue"
import { Listener } from "../worker/listener"
import { Supervisor } from "../worker/supervisor"
import type { WorkerSettings } from "../worker/worker-host"
import { WorkerProcess } from "../worker/worker-process"

/** The registration of the engine in the module's own container. */
export const ENGINE = "jobqueueEngine"

const READ_POOL_SIZE = 2

/** How often an idle worker looks where nothing can tell it of new work. */
const DEAF_POLL_MILLISECONDS = 200

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

export default function compose({ container, options, logger: given }: LoaderOptions): Promise<void> {
  const logger =
    container.resolve<Logger>(ContainerRegistrationKeys.LOGGER, { allowUnregistered: true }) ?? given
  const application = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  container.register(ENGINE, asValue(makeEngine(options ?? {}, application, logger)))
  return Promise.resolve()
}

/** The parts of its configuration that we share. */
interface ApplicationConnection {
  connection: Omit<ConnectionSettings, "searchPath">
  searchPath: string
}

function makeEngine(given: Record<string, unknown>, application: Knex, logger: Logger): Engine {
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
  return new Enqueuer({ ...base, wake, mayAnnounce: () => announcer.mayAnnounce(), storeFinder, checker })
}

function makeCatalogUpkeep({ catalog, logger }: Base): Loop {
  const step = () => catalog.publish().then(() => false)
  return new Loop({ name: "registering the job classes", interval: toMilliseconds("1h"), logger, step })
}

type Base = Pick<Engine, "options" | "logger" | "database" | "catalog"> &
  Pick<PerformDependencies, "application" | "backend" | "registry" | "stores">

function makeWorkers(base: Base) {
  const { options, logger, database, backend, catalog } = base
  const announcer = new Announcer(backend, logger)
  const wake = (queues: readonly string[], wereAnnounced = false) => {
    supervisor.wake(queues)
    announcer.announce(wereAnnounced ? [] : queues)
  }
  const workerProcess = new WorkerProcess({
    ...base,
    wake,
    retention: options.retention,
    performing: performingOf(base),
    priorities: () => catalog.priorities(),
    describe: () => describeProcess(options, catalog),
  })
  const workerSettings = (queue: string) => settingsOf(queue, options)
  const hear = (queue?: string) => supervisor.wake(queue === undefined ? undefined : [queue])
  const listener = options.pooler ? undefined : new Listener(database.connection, logger, hear)
  const queues = () => servedQueues(options, catalog).map(workerSettings)
  const supervisor: Supervisor = new Supervisor({ process: workerProcess, listener, logger, queues })
  return { announcer, workerProcess, supervisor, workerSettings, wake }
}

function performingOf({
  options,
  application,
  backend,
  registry,
  stores,
  logger,
}: Base): PerformDependencies {
  const worker = `${hostname()}:${process.pid}`
  return { application, backend, registry, stores, logger, worker, maxResultBytes: options.maxPayloadBytes }
}

function settingsOf(queue: string, options: ParsedOptions): WorkerSettings {
  const { concurrency = options.concurrency, prefetch = options.prefetch } = options.queues[queue] ?? {}
  const pollInterval = options.pooler
    ? Math.min(options.pollInterval, DEAF_POLL_MILLISECONDS)
    : options.pollInterval
  return { queue, concurrency, prefetch, pollInterval }
}

/** As the application's own connection is set up, so that we can connect wherever it can. */
function connectionOf(application: Knex): ConnectionSettings {
  const { connection, searchPath } = application.client.config as ApplicationConnection
  return { ...connection, searchPath }
}

/** The queues on which this process works continuously. */
function servedQueues(options: ParsedOptions, catalog: Catalog): string[] {
  return catalog.queues().filter((queue) => options.worker && options.queues[queue]?.worker !== false)
}

function describeProcess(options: ParsedOptions, catalog: Catalog) {
  return {
    host: hostname(),
    pid: process.pid,
    version: VERSION,
    queues: servedQueues(options, catalog),
    identifiers: catalog.known(),
  }
}
