/**
 * Ten million jobs pass through, and what has finished is pruned meanwhile: the hot table with its indexes, against
 * its size when it was freshly filled with the largest backlog that it ever had.
 */
import { checkOnce } from "../measure/draining.mjs"
import { flow } from "./flow.mjs"

const MEGABYTE = 1e6

export default {
  name: "passed-through",
  title: "Tables after many jobs have passed through",
  columns: {
    ratio: "hot table, times fresh",
    peak: "at its largest",
    hot: "hot table MB",
    all: "all tables MB",
    perSecond: "jobs/s",
  },
  systems: ["jobqueue:pruning", "graphile-worker"],
  rounds: 1,
  sizes: { full: { count: 10_000_000, portion: 100_000 }, smoke: { count: 400, portion: 200 } },

  async run(session, { count, portion }) {
    const worker = await session.worker({ handler: "noop", ids: count })
    await session.producer.call("seed", portion)
    const fresh = hotSize(session, await session.tableSizes())
    await worker.call("start")
    const sizes = []
    const read = session.meter()
    await flow(session, worker, {
      count,
      portion,
      seeded: portion,
      after: async () => void sizes.push(await session.tableSizes()),
    })
    const used = read()
    await checkOnce([worker], count)
    const hot = sizes.map((each) => hotSize(session, each))
    const all = Object.values(sizes.at(-1)).reduce((sum, bytes) => sum + bytes, 0)
    return {
      ...used,
      ratio: hot.at(-1) / fresh,
      peak: Math.max(...hot) / fresh,
      hot: hot.at(-1) / MEGABYTE,
      all: all / MEGABYTE,
      perSecond: count / used.seconds,
    }
  },
}

function hotSize({ adapter }, sizes) {
  return adapter.hotTables.reduce((sum, table) => sum + (sizes[table] ?? 0), 0)
}
