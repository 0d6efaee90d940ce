/** The demo's play: customers order in both stores, the jobs run, and everything is compared at the end. */
import { logIn } from "./admin-api.mjs"
import { customersOf } from "./customers.mjs"
import { compare } from "./expectations.mjs"
import { watchJobs } from "./jobs.mjs"
import { placeOrders } from "./orders.mjs"
import { OUTBOX } from "./paths.mjs"
import * as report from "./report.mjs"
import { LOGIN } from "./shop.mjs"

/**
 * No job changed for this long: nothing more will come. Longer than a dead process's lease and a boot, and than the
 * two minutes in which an order is found whose event died with the server.
 */
const PATIENCE = 150_000

/** @returns {Promise<{ checks: number, mismatches: object[] }>} */
export async function playOut(shop, options, signal) {
  const { facts, erp, server } = shop
  const customers = customersOf(facts.shops, options.orders)
  const shopNames = new Map(facts.shops.map(({ store_id, name }) => [store_id, name]))
  const shopNameOf = (job) => shopNames.get(job.store_id) ?? "no store"
  report.title(`${customers.length} customers order in ${[...shopNames.values()].join(" and ")}`)
  const { placed, jobs } = await orderAndWatch({ shop, customers, shopNameOf, options, signal })
  report.summary(jobs, shopNameOf)
  const admin = await logIn(server.url, LOGIN)
  return compare({ customers: placed, jobs, admin, erp, outbox: OUTBOX, deaths: server.deaths() })
}

/** Both at once, as in life; when one fails, the other ends too. */
async function orderAndWatch({ shop, customers, shopNameOf, options, signal }) {
  const orders = []
  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  const count = customers.length
  const kill = options.kill ? killer(shop, customers) : undefined
  const placing = placeOrders({
    url: shop.server.url,
    facts: shop.facts,
    customers,
    signal: either,
    onOrder: (order) => {
      report.orderPlaced(order)
      orders.push(order)
      kill?.onOrder(orders.length)
    },
  })
  const watching = watchJobs({
    client: shop.client,
    orders: () => orders,
    count,
    patience: PATIENCE,
    signal: either,
    onChange: (change) => report.change(change, shopNameOf(change.job)),
    onCounts: (counts) => {
      report.counts(counts)
      kill?.onCounts(counts)
    },
  })
  const abort = (error) => {
    failed.abort(error)
    throw error
  }
  const [placed, jobs] = await Promise.all([placing.catch(abort), watching.catch(abort)])
  return { placed, jobs }
}

/**
 * kill -9 while jobs run: the ERP keeps the last order's job waiting, so that there is one to be cut short, and
 * is asked again by the server's successor. Orders whose jobs are not written yet would be lost with the memory
 * of the event bus, so all must be there.
 */
function killer({ server, erp }, customers) {
  const jobs = customers.flatMap((customer) => customer.jobs).length
  let killed = false
  return {
    onOrder: (placed) => placed === customers.length - 1 && erp.hold(),
    onCounts: (counts) => {
      const written = Object.values(counts).reduce((sum, number) => sum + number, 0)
      if (killed || written < jobs || !counts.running) return
      killed = true
      report.notice(`kill -9 ${server.pid()}, with ${counts.running} running`)
      void server.kill().then(erp.release)
    },
  }
}
