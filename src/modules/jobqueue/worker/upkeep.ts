/** The loops that keep the table in order while a worker process lives; every process runs all of them. */
import type { Logger } from "@medusajs/framework/types"
import type { QueueBackend } from "../backend/contract"
import type { Claimer } from "../lifecycle/claim"
import type { Run } from "../lifecycle/run"
import { promote } from "../maintenance/promote"
import { prune, type Retention } from "../maintenance/prune"
import { rescue } from "../maintenance/rescue"
import type { Database } from "../table/database"
import { Control } from "./control"
import { BEAT_MILLISECONDS } from "./lease"
import { Loop } from "./loop"

const SECOND = 1000
const PRUNE_MILLISECONDS = 60_000

export interface UpkeepDependencies {
  database: Database
  backend: QueueBackend
  logger: Logger
  retention: Retention
  /** Wakes the workers of these queues, here and in other processes. */
  wake: (queues: readonly string[]) => void
}

/** What upkeep must know about the process that it runs in. */
interface Surroundings {
  /** Undefined while the process has no lease. */
  claimer: () => Claimer | undefined
  runs: () => Iterable<Run>
  /** Only a process that beats without a gap may declare others dead. */
  mayRescue: () => boolean
}

export function upkeepLoops(deps: UpkeepDependencies, surroundings: Surroundings): Loop[] {
  const { database, backend, logger, retention, wake } = deps
  const control = new Control(backend)
  const loop = (name: string, interval: number, step: () => Promise<boolean>) =>
    new Loop({ name, interval, step, logger })
  return [
    loop("promoting due jobs", SECOND, () => promote(database, wake)),
    loop("looking after running jobs", SECOND, async () => {
      const claimer = surroundings.claimer()
      await (claimer && control.look(claimer, surroundings.runs, logger))
      return false
    }),
    loop("rescuing jobs of dead processes", BEAT_MILLISECONDS, async () => {
      wake(surroundings.mayRescue() ? await rescue(database, logger) : [])
      return false
    }),
    loop("pruning finished jobs", PRUNE_MILLISECONDS, () => prune(database, retention, logger)),
  ]
}
