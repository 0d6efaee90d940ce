/**
 * The module's life inside Medusa: workers start when the whole application has started, take no more jobs as
 * soon as a signal arrives, and are drained before the connections close. Medusa swallows what these hooks
 * throw, runs them twice on a second signal, and calls the shutdown hooks also where nothing ever started.
 */
import type { ConfigModule } from "@medusajs/framework/types"
import { atMost } from "./lifecycle/pause"
import type { Engine } from "./composition/engine"

export interface ApplicationHooks {
  onApplicationStart: () => Promise<void>
  onApplicationPrepareShutdown: () => Promise<void>
  onApplicationShutdown: () => Promise<void>
}

type WorkerMode = ConfigModule["projectConfig"]["workerMode"]

/** A connection that is half-open never says that it is closed. */
const CLOSE_MILLISECONDS = 5000

const SIGNALS = ["SIGTERM", "SIGINT"] as const

/** @param workerMode - asked at the start: commands such as `medusa exec` set it late, and start no workers */
export function applicationHooks(engine: Engine, workerMode: () => WorkerMode): ApplicationHooks {
  const { options, logger, supervisor } = engine
  const logged = (what: string, work: () => Promise<void>) => () =>
    work().catch((error: Error) => logger.error(`[jobqueue] ${what} failed`, error))
  const stopClaiming = logged("stopping to claim", () => supervisor.stopClaiming())
  const signals = listenForSignals(stopClaiming)
  let drained: Promise<void> | undefined
  const drain = () => (drained ??= drainAll(engine))
  return {
    onApplicationStart: logged("the start", () => {
      engine.catalogUpkeep.start()
      if (options.worker && options.mode === "queue" && performsJobs(workerMode())) {
        signals.on()
        void supervisor.start() // it tries for as long as it takes: the shop must not wait for it
      }
      return Promise.resolve()
    }),
    onApplicationPrepareShutdown: stopClaiming,
    async onApplicationShutdown() {
      await logged("draining the workers", drain)()
      signals.off()
      await engine.catalogUpkeep.stop()
      await engine.announcer.stop()
      await logged("closing the connections", async () => {
        await atMost(CLOSE_MILLISECONDS, Promise.all([engine.database.close(), engine.reads.close()]))
      })()
    },
  }
}

async function drainAll({ supervisor, immediatePerformer, options }: Engine): Promise<void> {
  const { shutdownGrace } = options
  await Promise.all([supervisor.stop(shutdownGrace), immediatePerformer.drain(shutdownGrace)])
}

/** Medusa calls the shutdown hooks only when the last HTTP response has ended, so the signals count. */
function listenForSignals(stopClaiming: () => Promise<void>) {
  const onSignal = (signal: NodeJS.Signals) => {
    void stopClaiming()
    // Before Medusa listens itself, ours would be the only listener, and would keep the process from ending.
    if (process.listenerCount(signal) === 1) {
      process.off(signal, onSignal)
      process.kill(process.pid, signal)
    }
  }
  return {
    on: () => SIGNALS.forEach((signal) => process.on(signal, onSignal)),
    off: () => SIGNALS.forEach((signal) => process.off(signal, onSignal)),
  }
}

/** In a module test no mode is known: there the workers run unless the option `worker` is off. */
function performsJobs(mode: WorkerMode | undefined): boolean {
  return mode !== "server"
}
