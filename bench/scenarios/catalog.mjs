/** All scenarios, in the order in which they run. */
import drain from "./drain.mjs"
import { enqueue32, enqueueBulk, enqueueOne } from "./enqueue.mjs"
import idleLatency from "./idle-latency.mjs"
import steady from "./steady.mjs"

export const SCENARIOS = [drain, enqueueOne, enqueue32, enqueueBulk, idleLatency, steady]
