/**
 * Who orders in the demo, and what must come of each order's jobs. Stores take turns, so that orders of both
 * are placed and performed at the same time.
 */

/** One flaky, one unknown SKU, one who asks for a review, and some in each store for whom all goes well. */
export const FEWEST_ORDERS = 4
const FLAKY = 2
const UNKNOWN_SKU = 3

/** As the job class says. */
export const ERP_ATTEMPTS = 4

/** @returns {{ email: string, shop: object, wantsReview: boolean, jobs: object[] }[]} */
export function customersOf(shops, count) {
  return Array.from({ length: count }, (_, index) => {
    const shop = shops[index % shops.length]
    const wantsReview = index === 0
    return {
      email: `${firstName(index)}@example.com`,
      shop,
      wantsReview,
      jobs: [erpJob(index), mailJob(), ...(wantsReview ? [reviewJob()] : [])],
    }
  })
}

function firstName(index) {
  if (index === FLAKY) return "flaky"
  if (index === UNKNOWN_SKU) return "unknown-sku"
  return `customer-${index + 1}`
}

function erpJob(index) {
  const identifier = "demo.send-order-to-erp"
  if (index === FLAKY) {
    return { identifier, state: "completed", attempts: 3, errors: ["ERP answered 503", "ERP answered 503"] }
  }
  if (index === UNKNOWN_SKU) {
    const error = "ERP answered 422: unknown SKU"
    return { identifier, state: "failed", attempts: ERP_ATTEMPTS, errors: Array(ERP_ATTEMPTS).fill(error) }
  }
  return { identifier, state: "completed", attempts: 1, errors: [] }
}

function mailJob() {
  return { identifier: "demo.confirmation-mail", state: "completed", attempts: 1, errors: [] }
}

/** In two days: the demo does not wait for it. */
function reviewJob() {
  return { identifier: "demo.review-request", state: "scheduled", attempts: 0, errors: [] }
}
