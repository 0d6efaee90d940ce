/** The part of the composition that performs jobs: the workers, their supervisor, and what wakes them. */
import { hostname } from "node:os"
import type { Logger } from "@medusajs/framework/types"
import type { QueueBackend } from "../backend/contract"
import { VERSION } from "../constants"
import type { Catalog } from "../lifecycle/catalog"
import type { PerformDependencies } from "../lifecycle/perform"
import type { ParsedOptions } from "../options"
import type { Database } from "../table/database"
import { Announcer } from "../worker/announcer"
import { Listener } from "../worker/listener"
import { Supervisor } from "../worker/supervisor"
import type { WorkerSettings } from "../worker/worker-host"
import { WorkerProcess } from "../worker/worker-process"

/** How often an idle worker looks where nothing can tell it of new work. */
const DEAF_POLL_MILLISECONDS = 200

/** What the workers and the enqueuer share. */
export interface Base extends Pick<PerformDependencies, "application" | "registry" | "stores"> {
  backend: QueueBackend
  options: ParsedOptions
  logger: Logger
  database: Database
  catalog: Catalog
}

export function makeWorkers(base: Base) {
  const { options, logger, database, backend, catalog } = base
  const announcer = new Announcer(backend, logger)
  const wake = (queues: readonly string[], wereAnnounced = false) => {
    supervisor.wake(queues)
    announcer.announce(wereAnnounced ? [] : queues)
  }
  const performing = performingOf(base)
  const workerProcess = new WorkerProcess({
    ...base,
    wake,
    retention: options.retention,
    performing,
    priorities: () => catalog.priorities(),
    describe: () => describeProcess(options, catalog),
  })
  const workerSettings = (queue: string) => settingsOf(queue, options)
  const hear = (queue?: string) => supervisor.wake(queue === undefined ? undefined : [queue])
  const listener = options.pooler ? undefined : new Listener(database.connection, logger, hear)
  const queues = () => servedQueues(options, catalog).map(workerSettings)
  const supervisor: Supervisor = new Supervisor({ process: workerProcess, listener, logger, queues })
  return { announcer, performing, workerProcess, supervisor, workerSettings, wake }
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
  const { maxPayloadBytes: maxResultBytes, strict } = options
  return { application, backend, registry, stores, logger, worker, maxResultBytes, strict }
}

function settingsOf(queue: string, options: ParsedOptions): WorkerSettings {
  const { concurrency = options.concurrency, prefetch = options.prefetch } = options.queues[queue] ?? {}
  const pollInterval = options.pooler
    ? Math.min(options.pollInterval, DEAF_POLL_MILLISECONDS)
    : options.pollInterval
  return { queue, concurrency, prefetch, pollInterval }
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
