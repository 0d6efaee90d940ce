/** All scenarios, in the order in which they run. */
import backlog from "./backlog.mjs"
import drain from "./drain.mjs"
import { enqueue32, enqueueBulk, enqueueOne } from "./enqueue.mjs"
import idleLatency from "./idle-latency.mjs"
import memory from "./memory.mjs"
import passedThrough from "./passed-through.mjs"
import processes from "./processes.mjs"
import steady from "./steady.mjs"

/**
 * @typedef {object} Scenario
 * @property {string} name - on the command line and in the JSON lines
 * @property {string} title - in the report
 * @property {Record<string, string>} columns - the figures that the report shows, with their headings
 * @property {string} [chart] - the column that the picture shows; default: the first
 * @property {string[]} systems - who takes part: `adapter`, or `adapter:configuration`
 * @property {string[]} [variants] - what is measured beside each other in every round; all are compared to the first
 * @property {(adapter: object, variant: string) => boolean} [canRun]
 * @property {number} [rounds] - unless the command line says; default 3
 * @property {{ full: object, smoke: object }} sizes
 * @property {(session: import("../measure/session.mjs").Session, size: object, variant?: string) => Promise<object>} run -
 *   answers the figures; throws when a job was lost or ran twice
 */

/** @type {Scenario[]} */
export const SCENARIOS = [
  drain,
  enqueueOne,
  enqueue32,
  enqueueBulk,
  idleLatency,
  steady,
  backlog,
  processes,
  memory,
  passedThrough,
]
