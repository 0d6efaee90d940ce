/** Many no-op jobs wait; one worker process performs them all. */
import { drain } from "../measure/draining.mjs"
import { memoryOf } from "../measure/cpu.mjs"

export default {
  name: "drain",
  title: "Drain of pending no-op jobs, one worker process",
  columns: { perSecond: "jobs/s", cpu: "CPU-s/10k", memory: "RSS MB" },
  systems: ["jobqueue", "jobqueue:forget", "graphile-worker", "pg-boss", "bullmq"],
  sizes: { full: { count: 100_000 }, smoke: { count: 500 } },

  async run(session, { count }) {
    await session.producer.call("seed", count)
    const figures = await drain(session, { count })
    return { ...figures, memory: memoryOf(session.workerPids[0]) }
  },
}
