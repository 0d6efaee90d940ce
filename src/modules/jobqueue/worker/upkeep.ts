/** The loops that keep the table in order while a worker process lives; every process runs all of them. */
import type { Logger } from "@medusajs/framework/types"
import type { QueueBackend } from "../backend/contract"
import type { Claimer } from "../lifecycle/claim"
import type { CallbackReceiver } from "../lifecycle/receive-callback"
import type { Run } from "../lifecycle/run"
import { expire } from "../maintenance/expire"
import { promote } from "../maintenance/promote"
import { prune, type Retention } from "../maintenance/prune"
import { rescue } from "../maintenance/rescue"
import { vacuum } from "../maintenance/vacuum"
import type { Database } from "../table/database"
import { Control } from "./control"
import { BEAT_MILLISECONDS } from "./lease"
import { Loop } from "./loop"
import type { Suspects } from "./suspects"
import type { Worker } from "./worker"

const SECOND = 1000
const VACUUM_MILLISECONDS = 5000
const PRUNE_MILLISECONDS = 60_000

export interface UpkeepDependencies {
  database: Database
  backend: QueueBackend
  logger: Logger
  retention: Retention
  /** Wakes the workers of these queues, here and in other processes. */
  wake: (queues: readonly string[]) => void
  callbacks: CallbackReceiver
}

/** What upkeep must know about the process that it runs in. */
interface Surroundings {
  /** Undefined while the process has no lease. */
  claimer: () => Claimer | undefined
  runs: () => Iterable<Run>
  workers: () => Iterable<Worker>
  suspects: Suspects
  /** The lease's row is gone, which its thread tells too, unless it is dead itself. */
  onLost: () => void
  /** Only a process that beats without a gap may declare others dead. */
  mayRescue: () => boolean
}

/** The first of them rescues: it is woken with each beat. */
export function upkeepLoops(deps: UpkeepDependencies, surroundings: Surroundings): [Loop, ...Loop[]] {
  const { database, logger, retention, callbacks } = deps
  const loop = (name: string, interval: number, step: () => Promise<boolean>) =>
    new Loop({ name, interval, step, logger, waitsFirst: interval > BEAT_MILLISECONDS })
  const quietly = (step: () => Promise<void>) => () => step().then(() => false)
  return [
    loop("rescuing jobs of dead processes", BEAT_MILLISECONDS, quietly(rescueOthers(deps, surroundings))),
    loop("promoting due jobs", SECOND, () => passDue(deps)),
    loop(
      "handing over callbacks that came early",
      SECOND,
      quietly(() => callbacks.handOverKept())
    ),
    loop("looking after running jobs", SECOND, quietly(lookAfterRuns(deps, surroundings))),
    loop(
      "vacuuming the live jobs",
      VACUUM_MILLISECONDS,
      quietly(() => vacuum(database))
    ),
    loop("pruning finished jobs", PRUNE_MILLISECONDS, () => prune(database, retention, logger)),
  ]
}

/** One batch of all whose time has come. Waiting jobs come last: they share the index of the others. */
export async function passDue({
  database,
  logger,
  wake,
}: Pick<UpkeepDependencies, "database" | "logger" | "wake">): Promise<boolean> {
  return (await promote(database, wake)) || expire(database, logger)
}

function rescueOthers(
  { database, logger, wake }: UpkeepDependencies,
  around: Surroundings
): () => Promise<void> {
  return async () => {
    const claimer = around.claimer()
    if (claimer && around.mayRescue()) {
      wake(await rescue(database, logger, claimer.worker))
    }
  }
}

function lookAfterRuns({ backend, logger }: UpkeepDependencies, around: Surroundings): () => Promise<void> {
  const control = new Control(backend, around.suspects, logger)
  const held = () => ({
    runs: around.runs(),
    ahead: Array.from(around.workers(), ({ claimedAhead }) => claimedAhead).flat(),
  })
  return async () => {
    const claimer = around.claimer()
    const suspectQueues = claimer ? await control.look(claimer, held) : []
    if (!suspectQueues) {
      around.onLost()
      return
    }
    for (const worker of around.workers()) {
      await worker.releaseStale()
      if (suspectQueues.includes(worker.queue)) {
        worker.wake()
      }
    }
  }
}
