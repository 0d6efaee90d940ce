/** One job at a time on an idle queue: from the call of enqueue to the start of the handler, in milliseconds. */
import { pause } from "../measure/clock.mjs"
import { percentile } from "../measure/statistics.mjs"

/** The first ones connect, compile and fill caches. */
const WARM_UP = 20
const TIMEOUT_MILLISECONDS = 10_000

export default {
  name: "idle-latency",
  title: "Enqueue to start of perform on an idle queue, ms",
  columns: { p50: "p50", p95: "p95", p99: "p99" },
  // Its batching of completed jobs is of no use here.
  systems: ["jobqueue", "graphile-worker:default", "pg-boss", "bullmq"],
  sizes: { full: { count: 1000 }, smoke: { count: 20 } },

  async run(session, { count }) {
    const worker = await session.worker({ handler: "ping" })
    await worker.call("start")
    await session.settle()
    const read = session.meter()
    for (let id = 0; id < WARM_UP + count; id++) {
      const ran = heard(worker, id)
      await session.producer.call("enqueueStamped", id)
      await ran
      await pause(2 + Math.random() * 8)
    }
    const { latencies } = await worker.call("report")
    const milliseconds = latencies.slice(WARM_UP).map((each) => each / 1000)
    const at = (share) => percentile(milliseconds, share)
    return { ...read(), p50: at(0.5), p95: at(0.95), p99: at(0.99), samples: milliseconds.length }
  },
}

/** Resolves when the worker says that it performed the job. */
function heard(worker, id) {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`job ${id} did not start within ${TIMEOUT_MILLISECONDS} ms`))
    const timer = setTimeout(late, TIMEOUT_MILLISECONDS)
    worker.onEvent = ({ event, id: ran }) => {
      if (event !== "ran" || ran !== id) return
      clearTimeout(timer)
      resolve()
    }
  })
}
