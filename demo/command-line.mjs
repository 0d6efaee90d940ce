/** What the demo can be told. */
import { parseArgs } from "node:util"
import { FEWEST_ORDERS } from "./customers.mjs"

export const HELP = `npm run demo -- [options]

Runs the main job on this machine: a Postgres from npm (or yours, where DATABASE_URL is set), a Medusa shop with
two stores and its admin, real orders, and the jobs that they enqueue. Stays up until Ctrl-C.

  --exit         end by itself; exit code 0 only when every expected outcome was seen
  --orders <n>   place n orders, ${FEWEST_ORDERS} or more (default 12)
  --kill         kill -9 the server while jobs run, and start it again: every job must still complete
  --fresh        begin with an empty database
  --help         show this text

  PORT           the server's port (default 9000, or a free one where that is taken)
  DATABASE_URL   use this Postgres instead of starting one (the demo's shop is written into it)`

/** @throws Error that says what was expected */
export function parseCommandLine(args) {
  const { values } = parseArgs({
    args,
    options: {
      exit: { type: "boolean", default: false },
      orders: { type: "string", default: "12" },
      kill: { type: "boolean", default: false },
      fresh: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  })
  const orders = Number(values.orders)
  if (!Number.isInteger(orders) || orders < FEWEST_ORDERS) {
    throw new Error(`--orders: expected a whole number of ${FEWEST_ORDERS} or more, got "${values.orders}"`)
  }
  if (values.fresh && process.env.DATABASE_URL) {
    throw new Error(
      "--fresh: expected the demo's own Postgres, got DATABASE_URL; empty that database yourself"
    )
  }
  return { ...values, orders }
}
