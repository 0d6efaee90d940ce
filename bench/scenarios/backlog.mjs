/**
 * The first due jobs are drained while much else lies in the tables: more pending jobs behind them, scheduled
 * ones, ones of better priority that nobody may take, finished ones; and while a transaction that was opened a
 * minute ago keeps Postgres from removing dead rows. The empty table is measured in the same rounds.
 */
import { pause } from "../measure/clock.mjs"
import { drain, untilEmpty } from "../measure/draining.mjs"

const TRANSACTION = "open transaction"
const CHURN = { batch: 2000, milliseconds: 500 }

export default {
  name: "backlog",
  title: "Drain of the first due jobs beside a backlog",
  columns: { perSecond: "jobs/s", cpu: "CPU-s/10k" },
  systems: ["jobqueue", "graphile-worker", "pg-boss", "bullmq"],
  variants: ["empty", "pending", "scheduled", "unknown", "held", "finished", "expired", TRANSACTION],
  sizes: {
    full: {
      count: 50_000,
      backlog: { pending: 1e6, scheduled: 1e6, unknown: 1e5, held: 1e5, finished: 1e7, expired: 1e6 },
      seconds: 60,
    },
    smoke: {
      count: 200,
      backlog: { pending: 200, scheduled: 200, unknown: 200, held: 200, finished: 200, expired: 200 },
      seconds: 1,
    },
  },

  canRun({ store, backlogs }, variant) {
    if (variant === TRANSACTION) return store === "pg"
    return variant === "empty" || backlogs.includes(variant)
  },

  async run(session, { count, backlog, seconds }, variant) {
    const measure = () => drain(session, { count, whole: false })
    if (variant === TRANSACTION) {
      return session.whileTransactionOpen(async () => {
        await churn(session, seconds)
        await session.producer.call("seed", count)
        return measure()
      })
    }
    // What waits behind our jobs comes after them; everything else was there before.
    const isBehind = variant === "pending"
    if (isBehind) await session.producer.call("seed", count)
    if (variant in backlog) await session.producer.call("seedBacklog", backlog[variant], variant)
    if (!isBehind) await session.producer.call("seed", count)
    return measure()
  },
}

/** Jobs come and go, and each leaves its dead rows behind. */
async function churn(session, seconds) {
  const worker = await session.worker({ handler: "noop" })
  await worker.call("start")
  const end = performance.now() + seconds * 1000
  while (performance.now() < end) {
    await session.producer.call("seed", CHURN.batch, { offset: -CHURN.batch })
    await pause(CHURN.milliseconds)
  }
  await untilEmpty(session)
  await worker.stop()
}
