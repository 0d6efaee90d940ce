/** The part of the composition that performs jobs: the workers, their supervisor, and what wakes them. */
import { hostname } from "node:os"
import type { Logger } from "@medusajs/framework/types"
import type { QueueBackend } from "../backend/contract"
import { VERSION } from "../constants"
import type { Afterwards } from "../lifecycle/afterwards"
import type { Catalog } from "../lifecycle/catalog"
import { openAddress } from "../lifecycle/callback-address"
import { CallbackLimiter } from "../lifecycle/callback-rate"
import type { PerformDependencies } from "../lifecycle/perform-dependencies"
import { Reporter } from "../lifecycle/report"
import { CallbackReceiver } from "../lifecycle/receive-callback"
import { Resolver } from "../lifecycle/resolve"
import type { ParsedOptions } from "../options"
import type { Database } from "../table/database"
import { Announcer } from "../worker/announcer"
import { Inline } from "../worker/inline"
import { Listener } from "../worker/listener"
import { Supervisor } from "../worker/supervisor"
import type { WorkerSettings } from "../worker/worker-host"
import { WorkerProcess } from "../worker/worker-process"

/** How often an idle worker looks where nothing can tell it of new work. */
const DEAF_POLL_MILLISECONDS = 200

type Shared = "application" | "registry" | "stores" | "middlewares"

/** What the workers and the enqueuer share. */
export interface Base extends Pick<PerformDependencies, Shared> {
  backend: QueueBackend
  options: ParsedOptions
  logger: Logger
  database: Database
  catalog: Catalog
  afterwards: Afterwards
}

export function makeWorkers(base: Base) {
  const { options, logger, database, backend, catalog } = base
  const announcer = new Announcer(backend, logger)
  const wake = (queues: readonly string[], wereAnnounced = false) => {
    supervisor.wake(queues)
    if (options.mode === "inline") {
      inline.performSoon(queues)
    }
    announcer.announce(wereAnnounced ? [] : queues)
  }
  const resolving = makeResolving(base)
  const performing = performingOf(base)
  const workerProcess = new WorkerProcess({
    ...base,
    ...resolving,
    wake,
    abortCallbacks: () => resolving.resolver.abortAll("shutdown"),
    retention: options.retention,
    performing,
    priorities: () => catalog.priorities(),
    describe: () => describeProcess(options, catalog),
  })
  const workerSettings = (queue: string) => settingsOf(queue, options)
  const inline = new Inline({ database, logger, workerProcess, workerSettings })
  const hear = (queue?: string) => supervisor.wake(queue === undefined ? undefined : [queue])
  const listener = options.pooler ? undefined : new Listener(database.connection, logger, hear)
  const queues = () => servedQueues(options, catalog).map(workerSettings)
  const supervisor: Supervisor = new Supervisor({ process: workerProcess, listener, logger, queues })
  return { ...resolving, announcer, performing, workerProcess, supervisor, inline, workerSettings, wake }
}

/** What ends the waiting of jobs; also in a process that performs none. */
function makeResolving(base: Base) {
  const { options, backend, registry } = base
  const { waiting } = backend
  const { strict, maxPayloadBytes: maxResultBytes } = options
  const resolver = new Resolver({ ...base, waiting, strict, maxResultBytes })
  const callbacks = new CallbackReceiver(waiting, resolver, registry)
  return { resolver, callbacks, callbackLimiter: new CallbackLimiter(options.callbackRate) }
}

function performingOf(base: Base): PerformDependencies {
  const { application, backend, registry, stores, logger, middlewares } = base
  const { maxPayloadBytes: maxResultBytes, hookTimeout, callbackUrl, strict } = base.options
  const worker = `${hostname()}:${process.pid}`
  const reporter = new Reporter(backend, logger)
  return {
    application,
    backend,
    registry,
    stores,
    reporter,
    logger,
    middlewares,
    worker,
    maxResultBytes,
    hookTimeout,
    openAddress: (run) => openAddress(run, { backend, worker, callbackUrl }),
    strict,
  }
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
  const isServing = options.worker && options.mode === "queue"
  return catalog.queues().filter((queue) => isServing && options.queues[queue]?.worker !== false)
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
