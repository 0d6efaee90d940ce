/**
 * The cron way: works on one queue for a bounded time, so that it never blocks the shop's other scheduled jobs.
 * What still runs when the time is over goes on in the background, under this process's lease.
 */
import { atMost } from "../lifecycle/pause"
import type { WorkerSettings } from "./worker-host"
import type { WorkerProcess } from "./worker-process"

export interface Bounds {
  /** Jobs at most. */
  limit: number
  /** Milliseconds at most. */
  budget: number
}

/** Works until nothing is pending or a bound is reached. Answers how many jobs it began. */
export async function runBounded(
  settings: WorkerSettings,
  process: WorkerProcess,
  { limit, budget }: Bounds
): Promise<number> {
  const deadline = performance.now() + budget
  await process.start()
  await process.promoteDue() // upkeep may have begun this very moment
  process.readAnew(settings.queue)
  const worker = process.addWorker(settings)
  let begun = 0
  while (performance.now() < deadline) {
    const claimed = await worker.claim(limit - begun)
    begun += claimed
    if (claimed === 0 && !worker.isBusy) {
      break
    }
    if (claimed === 0) {
      await atMost(deadline - performance.now(), worker.nextFreePlace())
    }
  }
  await atMost(Math.max(0, deadline - performance.now()), worker.allSettled())
  await atMost(Math.max(0, deadline - performance.now()), process.hooksOver(worker))
  process.dismiss(worker)
  return begun
}
