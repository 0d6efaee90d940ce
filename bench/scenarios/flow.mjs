/** Millions of jobs pass through one worker, a portion at a time, so that only so many wait at once. */
import { untilAllRan } from "../measure/draining.mjs"

/**
 * @param {{ count: number, portion: number, seeded?: number, after: () => Promise<void> }} options - `seeded`: so
 *   many wait already; `after` is called when a portion was performed
 */
export async function flow(session, worker, { count, portion, seeded = 0, after }) {
  for (let sent = seeded; ;) {
    await untilAllRan([worker], sent)
    if (sent > 0) await after()
    if (sent >= count) return
    const length = Math.min(portion, count - sent)
    await session.producer.call("seed", length, { offset: sent })
    sent += length
  }
}
