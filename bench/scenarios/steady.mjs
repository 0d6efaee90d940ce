/** A store's busy hour: 500 jobs a second, each of 5 ms; latency from when it should have been sent to its start. */
import { until } from "../measure/clock.mjs"
import { checkOnce } from "../measure/draining.mjs"
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
  systems: ["jobqueue", "graphile-worker", "pg-boss", "bullmq"],
  sizes: { full: { rate: 500, seconds: 30 }, smoke: { rate: 100, seconds: 1 } },

  async run(session, { rate, seconds }) {
    const total = rate * seconds
    const worker = await session.worker({ handler: "fiveMilliseconds", ids: total })
    await worker.call("start")
    await session.settle()
    const read = session.meter()
    await session.producer.call("sendSteadily", { rate, seconds })
    const byThen = worker.progress.ran
    const used = read()
    if (!(await until(() => worker.progress.ran >= total, { seconds: 60 }))) {
      throw new Error(`${total - worker.progress.ran} of ${total} jobs did not run within a minute`)
    }
    await checkOnce([worker], total)
    const { latencies } = await worker.call("report")
    const at = (share) => percentile(latencies, share) / 1000
    const share = (cpu) => (cpu / used.seconds) * 100
    return {
      ...used,
      achieved: byThen / used.seconds,
      p50: at(0.5),
      p99: at(0.99),
      database: share(used.server),
      workers: share(used.worker),
    }
  },
}
