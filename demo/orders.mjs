/**
 * Places orders as a storefront does: over the Store API of the running server, up to the core complete-cart
 * workflow, so that its `order.placed` reaches the shop's subscriber in that process.
 */

import { setTimeout as delay } from "node:timers/promises"

/** Carts that are filled and completed at a time. */
const AT_A_TIME = 4
/** The first requests of a cold server on a busy machine take seconds. */
const REQUEST_LIMIT = 60_000
/** A killed server is started again meanwhile. */
const ASK_AGAIN_AFTER = 500
const ASK_AGAIN_LIMIT = 120_000

/**
 * @param {{ url: string, facts: object, customers: object[], signal: AbortSignal, onOrder: (order: object) => void }} demo
 * @returns the customers in the same order, each with `order: { id, display_id }`
 */
export async function placeOrders({ url, facts, customers, signal, onOrder }) {
  const waiting = customers.map((customer, index) => ({ customer, index }))
  const placed = []
  async function checkOut() {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const order = await placeOrder({ url, facts, signal, ...next })
      placed[next.index] = { ...next.customer, order }
      onOrder(placed[next.index])
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, checkOut))
  return placed
}

async function placeOrder({ url, facts, customer, index, signal }) {
  const post = storeApi(url, customer.shop.publishable_key, signal)
  const { cart } = await post("/store/carts", cartOf(customer, facts, index))
  await post(`/store/carts/${cart.id}/shipping-methods`, { option_id: facts.shipping_option_id })
  const { payment_collection: payment } = await post("/store/payment-collections", { cart_id: cart.id })
  await post(`/store/payment-collections/${payment.id}/payment-sessions`, {
    provider_id: "pp_system_default",
  })
  const { order, error } = await post(`/store/carts/${cart.id}/complete`, {})
  if (!order) {
    throw new Error(`the cart of ${customer.email} was not completed: ${error?.message}`)
  }
  return { id: order.id, display_id: order.display_id }
}

function cartOf({ email, shop, wantsReview }, { variant_ids: variants }, index) {
  const address = {
    first_name: "Demo",
    last_name: email.split("@")[0],
    address_1: "Main Street 1",
    city: "Springfield",
    postal_code: "12345",
    country_code: shop.country,
  }
  return {
    email,
    region_id: shop.region_id,
    items: [{ variant_id: variants[index % variants.length], quantity: 1 + (index % 2) }],
    shipping_address: address,
    billing_address: address,
    metadata: { ask_for_review: wantsReview },
  }
}

/** The publishable key says which sales channel the cart belongs to. */
function storeApi(url, publishableKey, signal) {
  return async (path, body) => {
    const { ok, status, answer } = await untilAnswered(signal, async (limit) => {
      const response = await fetch(url + path, {
        method: "POST",
        headers: { "content-type": "application/json", "x-publishable-api-key": publishableKey },
        body: JSON.stringify(body),
        signal: limit,
      })
      return { ok: response.ok, status: response.status, answer: await response.json() }
    })
    if (!ok) throw new Error(`POST ${path} answered ${status}: ${answer.message}`)
    return answer
  }
}

/**
 * Asks again while the server is away, as a customer does whose checkout is stuck: each of these requests may be
 * repeated, and a cart that was completed answers with the order that it became.
 */
async function untilAnswered(signal, ask) {
  for (const end = Date.now() + ASK_AGAIN_LIMIT; ;) {
    try {
      return await ask(AbortSignal.any([signal, AbortSignal.timeout(REQUEST_LIMIT)]))
    } catch (error) {
      const isAway = error instanceof TypeError // what fetch throws when a connection is refused or breaks
      if (!isAway || Date.now() > end) throw error
    }
    await delay(ASK_AGAIN_AFTER, undefined, { signal })
  }
}
