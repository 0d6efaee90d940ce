/** A worker performs a million jobs: what it needs at the end, against what it needed when it was warm. */
import { checkOnce } from "../measure/draining.mjs"
import { memoryOf } from "../measure/cpu.mjs"
import { median } from "../measure/statistics.mjs"
import { flow } from "./flow.mjs"

const PORTIONS = 50
/** Portions that warm it up: code is compiled, and the heap has found its size. */
const WARM = 0.2
const LAST = 0.1

export default {
  name: "memory",
  title: "Memory of a worker over many jobs",
  columns: { growth: "grows by MB", warm: "warm MB", end: "end MB", peak: "peak MB" },
  systems: ["jobqueue", "graphile-worker", "pg-boss", "bullmq"],
  rounds: 1,
  sizes: { full: { count: 1_000_000 }, smoke: { count: 500 } },

  async run(session, { count }) {
    const worker = await session.worker({ handler: "noop", ids: count })
    await worker.call("start")
    const samples = []
    const sample = async () => void samples.push(memoryOf(worker.pid))
    const read = session.meter()
    await flow(session, worker, { count, portion: Math.ceil(count / PORTIONS), after: sample })
    const used = read()
    await checkOnce([worker], count)
    const length = samples.length
    const warm = median(samples.slice(Math.floor(length * WARM), Math.floor(length * (WARM + LAST)) + 1))
    const end = median(samples.slice(Math.floor(length * (1 - LAST))))
    return { ...used, growth: end - warm, warm, end, peak: Math.max(...samples) }
  },
}
