/** One, four and 32 worker processes drain the same queue: each job exactly once, and many are no slower than one. */
import { drain } from "../measure/draining.mjs"

const WORKERS = { "1 process": 1, "4 processes": 4, "32 processes": 32 }

export default {
  name: "processes",
  title: "Drain by several worker processes, each job exactly once",
  columns: { perSecond: "jobs/s", cpu: "CPU-s/10k" },
  systems: ["jobqueue", "graphile-worker", "pg-boss", "bullmq"],
  variants: Object.keys(WORKERS),
  sizes: { full: { count: 100_000 }, smoke: { count: 400 } },

  async run(session, { count }, variant) {
    await session.producer.call("seed", count)
    return drain(session, { count, workers: WORKERS[variant] })
  },
}
