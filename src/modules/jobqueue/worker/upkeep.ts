/** The loops that keep the table in order while a worker process lives; every process runs all of them. */
import type { Logger } from "@medusajs/framework/types"
import type { QueueBackend } from "../backend/contract"
import type { Afterwards } from "../lifecycle/afterwards"
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
  afterwards: Afterwards
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
  const rescuing: Loop = loop(
    "rescuing jobs of dead processes",
    BEAT_MILLISECONDS,
    quietly(rescueOthers(deps, surroundings, () => looking.wake()))
  )
  const looking = loop(
    "looking after running jobs",
    SECOND,
    quietly(lookAfterRuns(deps, surroundings, () => rescuing.wake()))
  )
  const handOver = () => callbacks.handOverKept()
  const vacuumLive = () => vacuum(database)
  return [
    rescuing,
    looking,
    loop("promoting due jobs", SECOND, () => passDue(deps)),
    loop("handing over callbacks that came early", SECOND, quietly(handOver)),
    loop("vacuuming the live jobs", VACUUM_MILLISECONDS, quietly(vacuumLive)),
    loop("pruning finished jobs", PRUNE_MILLISECONDS, () => prune(database, retention, logger)),
  ]
}

/** One batch of all whose time has come. Waiting jobs come last: they share the index of the others. */
export async function passDue({
  database,
  logger,
  wake,
  afterwards,
}: Pick<UpkeepDependencies, "database" | "logger" | "wake" | "afterwards">): Promise<boolean> {
  return (await promote(database, wake)) || expire(database, logger, afterwards)
}

/** @param onRescued - there are suspects, which a look finds */
function rescueOthers(
  { database, logger, wake, afterwards }: UpkeepDependencies,
  around: Surroundings,
  onRescued: () => void
): () => Promise<void> {
  return async () => {
    const claimer = around.claimer()
    if (claimer && around.mayRescue()) {
      const { ready, ended } = await rescue(database, logger, claimer.worker)
      afterwards.ended(ended)
      if (ready.length > 0) {
        wake(ready)
        onRescued()
      }
    }
  }
}

/** @param onLapsed - a lease has run out: jobs wait to be rescued, and not until the next beat */
function lookAfterRuns(
  { backend, logger }: UpkeepDependencies,
  around: Surroundings,
  onLapsed: () => void
): () => Promise<void> {
  const control = new Control(backend, around.suspects, logger)
  const held = () => ({
    runs: around.runs(),
    ahead: Array.from(around.workers(), ({ claimedAhead }) => claimedAhead).flat(),
  })
  return async () => {
    const claimer = around.claimer()
    const bearings = claimer && (await control.look(claimer, held))
    if (claimer && !bearings) {
      around.onLost()
      return
    }
    if (bearings?.hasLapsed) {
      onLapsed()
    }
    await lookAfterWorkers(around.workers(), new Set(bearings?.suspects.map(({ queue }) => queue)))
  }
}

async function lookAfterWorkers(workers: Iterable<Worker>, suspectQueues: Set<string>): Promise<void> {
  for (const worker of workers) {
    await worker.releaseStale()
    if (suspectQueues.has(worker.queue)) {
      worker.wake()
    }
  }
}
