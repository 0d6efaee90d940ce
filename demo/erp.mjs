/**
 * The company's ERP, small but real: an HTTP server that books orders, once per idempotency key. What it does
 * with an order depends on the customer, so that every run ends the same way:
 * - flaky…@ is answered 503 twice, then booked
 * - unknown-sku…@ is answered 422, always
 */
import http from "node:http"
import { setTimeout as delay } from "node:timers/promises"

/** Long enough for jobs to overlap, short enough for a demo. */
const ANSWER_AFTER = 250
/** The first order of each store is answered when the ERP has one of every store in hand, or after this time. */
const RENDEZVOUS_LIMIT = 20_000
const FLAKY_FAILURES = 2

/**
 * @param {string[]} storeIds
 * @returns `url`; `deliveries`, every request as `{ key, order_id, store_id, status }`; `sawBothAtOnce()`;
 *   `hold()`, after which no order is answered until `release()`; `stop()`
 */
export async function startErp(storeIds) {
  const deliveries = []
  const rendezvous = rendezvousOf(storeIds)
  const gate = gateOf()
  const answerOrder = async (request, response) => {
    const order = await bodyOf(request)
    const key = request.headers["idempotency-key"]
    await Promise.all([rendezvous.arrive(order.store_id), gate.pass(), delay(ANSWER_AFTER)])
    const earlier = deliveries.filter((delivery) => delivery.key === key)
    const { status, ...answer } = decide(order, earlier)
    deliveries.push({ key, order_id: order.order_id, store_id: order.store_id, status })
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer))
  }
  // A request fails only when its sender died while sending: there is nobody to answer.
  const server = http.createServer((request, response) =>
    answerOrder(request, response).catch((error) => response.destroy(error))
  )
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    deliveries,
    sawBothAtOnce: () => rendezvous.met,
    hold: gate.close,
    release: gate.open,
    stop: () => stop(server),
  }
}

function decide(order, earlier) {
  if (order.email.startsWith("unknown-sku")) {
    return { status: 422, message: "unknown SKU DEMO-GRINDER-XL" }
  }
  if (order.email.startsWith("flaky") && earlier.length < FLAKY_FAILURES) {
    return { status: 503, message: "closed for stocktaking, come back soon" }
  }
  const booked = earlier.find(({ status }) => status < 300)
  return { status: booked ? 200 : 201, number: `ERP-${order.order_id.slice(-6)}` }
}

/** Proves that jobs of different stores run at the same time: each is held until the other is there too. */
function rendezvousOf(storeIds) {
  const present = new Set()
  const meeting = { met: false, arrive }
  let everyoneIsHere
  const everyone = new Promise((resolve) => (everyoneIsHere = resolve))
  async function arrive(storeId) {
    if (present.has(storeId)) return
    present.add(storeId)
    if (storeIds.every((id) => present.has(id))) everyoneIsHere("met")
    const how = await Promise.race([everyone, delay(RENDEZVOUS_LIMIT, "late", { ref: false })])
    meeting.met ||= how === "met"
  }
  return meeting
}

function gateOf() {
  let opened = Promise.resolve()
  const gate = { pass: () => opened, open: () => {}, close }
  function close() {
    opened = new Promise((resolve) => (gate.open = resolve))
  }
  return { pass: gate.pass, close, open: () => gate.open() }
}

async function bodyOf(request) {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString("utf8"))
}

async function stop(server) {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  await closed
}
