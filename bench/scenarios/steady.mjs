/** A busy hour: 500 jobs a second, each of 5 ms; latency counts from when a job should have been sent. */
import { checkOnce, untilAllRan } from "../measure/draining.mjs"
import { percentile } from "../measure/statistics.mjs"

export default {
  name: "steady",
  title: "500 jobs/s with handlers of 5 ms",
  columns: {
    achieved: "achieved/s",
    p50: "p50 ms",
    p99: "p99 ms",
    database: "server, % of a core",
    workers: "worker, % of a core",
  },
  chart: "p99",
  systems: ["jobqueue", "graphile-worker", "pg-boss", "bullmq"],
  sizes: { full: { rate: 500, seconds: 30 }, smoke: { rate: 100, seconds: 1 } },

  async run(session, { rate, seconds }) {
    const count = rate * seconds
    const worker = await session.worker({ handler: "fiveMilliseconds", ids: count })
    await worker.call("start")
    await session.settle()
    const read = session.meter()
    await session.producer.call("sendSteadily", { rate, seconds })
    const used = read()
    const byThen = worker.progress.counted
    await untilAllRan([worker], count)
    await checkOnce([worker], count)
    const { latencies } = await worker.call("report")
    const at = (share) => percentile(latencies, share) / 1000
    const ofCore = (cpu) => (cpu / used.seconds) * 100
    const times = { achieved: byThen / used.seconds, p50: at(0.5), p99: at(0.99) }
    return { ...used, ...times, database: ofCore(used.server), workers: ofCore(used.worker) }
  },
}
