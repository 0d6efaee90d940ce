/**
 * What a worker process does: runs the system's worker with one of three handlers, and counts. Each id that is
 * below `ids` is counted on its own: none may be missing, none may come twice.
 */
import { monotonic, pause } from "../measure/clock.mjs"

const PROGRESS_MILLISECONDS = 20

/** @param {{ handler: string, target?: number, ids?: number }} work */
export function workerVerbs(instance, { handler, target, ids = 0 }, tell) {
  const tally = { ran: 0, reached: null, latencies: [], counts: new Uint8Array(ids) }
  const count = ({ id }) => {
    if (id >= 0 && id < ids) tally.counts[id]++
    tally.ran++
    if (tally.ran === target) {
      tally.reached = monotonic()
      progress()
    }
  }
  const progress = () => tell({ event: "progress", ran: tally.ran, reached: tally.reached })
  return {
    async start() {
      await instance.startWorker(handlers(tally, count, tell)[handler])
      if (handler !== "ping") setInterval(progress, PROGRESS_MILLISECONDS)
    },
    report: () => reportOf(tally),
    stop: () => instance.stop(),
  }
}

function handlers({ latencies }, count, tell) {
  return {
    noop: count,
    /** Says that it ran, so that the next job is sent to an idle queue. */
    ping(data) {
      latencies.push(monotonic() - data.t)
      count(data)
      tell({ event: "ran", id: data.id })
    },
    async fiveMilliseconds(data) {
      latencies.push(monotonic() - data.t)
      await pause(5)
      count(data)
    },
  }
}

function reportOf({ ran, latencies, counts }) {
  return { ran, latencies, counts: Buffer.from(counts.buffer).toString("base64") }
}
