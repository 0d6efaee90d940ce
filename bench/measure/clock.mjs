/** Time as the scenarios measure it. */
import { setTimeout as sleep } from "node:timers/promises"

/** Microseconds of the machine's monotonic clock, which all processes share. */
export function monotonic() {
  return Number(process.hrtime.bigint() / 1000n)
}

export function pause(milliseconds) {
  return sleep(milliseconds)
}

/** Polls until `condition` answers true; false when the time is over. */
export async function until(condition, { every = 20, seconds }) {
  const end = performance.now() + seconds * 1000
  while (!(await condition())) {
    if (performance.now() > end) return false
    await sleep(every)
  }
  return true
}
