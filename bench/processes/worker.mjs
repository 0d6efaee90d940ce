/**
 * What a worker process does: runs the system's worker with one of three handlers, and counts. Each id from 0 to
 * `ids` is counted on its own: none may be missing, none may come twice. Jobs of a backlog have other ids.
 */
import { monotonic, pause } from "../measure/clock.mjs"

const PROGRESS_MILLISECONDS = 20

/** @param {{ handler: string, target?: number, ids?: number }} work */
export function workerVerbs(instance, { handler, target, ids = 0 }, tell) {
  const tally = { ran: 0, counted: 0, reached: null, latencies: [], counts: new Uint8Array(ids) }
  const count = ({ id }) => {
    tally.ran++
    if (!(id >= 0 && id < ids)) return
    tally.counts[id]++
    if (++tally.counted !== target) return
    tally.reached = monotonic()
    progress()
  }
  const progress = () => {
    const { ran, counted, reached } = tally
    tell({ event: "progress", ran, counted, reached })
  }
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
