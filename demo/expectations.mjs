/** Compares what was seen with what had to come, and lists every difference. */
import fs from "node:fs"
import path from "node:path"
import { expectedOf } from "./attempts.mjs"
import { jobsFor } from "./jobs.mjs"

/**
 * @param {{ customers: object[], jobs: object[], admin: object, erp: object, outbox: string, deaths: number }} seen -
 *   `deaths`: how often the server was killed; one attempt of each job may have died with it each time
 * @returns {Promise<{ checks: number, mismatches: { subject: string, expected: string, got: string }[] }>}
 */
export async function compare({ customers, jobs, admin, erp, outbox, deaths }) {
  const ledger = makeLedger()
  ledger.equal(
    "jobs of this run's orders",
    count(customers.map((customer) => customer.jobs.length)),
    jobs.length
  )
  for (const customer of customers) {
    for (const expected of customer.jobs) {
      await compareJob({ ledger, customer, expected, jobs, admin, deaths })
    }
    compareErp(ledger, customer, erp)
  }
  compareMails(ledger, jobs, outbox)
  ledger.equal("the ERP had orders of both stores in hand at the same time", true, erp.sawBothAtOnce())
  return ledger
}

async function compareJob({ ledger, customer, expected, jobs, admin, deaths }) {
  const subject = `order #${customer.order.display_id} of ${customer.email}: ${expected.identifier}`
  const found = jobsFor(customer, expected, jobs)
  ledger.equal(`${subject}, jobs`, 1, found.length)
  const [job] = found
  if (!job) return
  compareOutcome(ledger, `${subject}, in the database`, expected, job, messagesOf(job.failures), deaths)
  compareStore(ledger, subject, customer.shop, job)
  const shown = await admin.job(job.id)
  const errors = messagesOf(shown.failed_attempts.toReversed())
  compareOutcome(ledger, `${subject}, through the admin API`, expected, shown, errors, deaths)
  ledger.equal(`${subject}, store through the admin API`, customer.shop.store_id, shown.store_id)
}

function compareOutcome(ledger, subject, planned, job, errors, deaths) {
  const expected = expectedOf(planned, { attempts: job.attempts, errors }, deaths)
  ledger.equal(`${subject}, state`, planned.state, job.state)
  ledger.equal(`${subject}, attempts`, expected.attempts, job.attempts)
  const shown = errors.map((message, index) => {
    const begin = expected.errors[index]
    return begin !== undefined && message.startsWith(begin) ? begin : message
  })
  ledger.equal(`${subject}, errors`, expected.errors, shown)
}

/** The store as enqueued, and as the job itself found it when it ran. */
function compareStore(ledger, subject, shop, job) {
  ledger.equal(`${subject}, store`, shop.store_id, job.store_id)
  ledger.equal(`${subject}, sales channel`, shop.sales_channel_id, job.context.sales_channel_id)
  if (job.state === "completed") {
    const { store_id, current_store_id } = job.result ?? {}
    const both = { store_id: shop.store_id, current_store_id: shop.store_id }
    ledger.equal(`${subject}, store while performed`, both, { store_id, current_store_id })
  }
}

/** Every request came from the order's own store, and the order was booked once. */
function compareErp(ledger, { order, shop, email, jobs }, erp) {
  const deliveries = erp.deliveries.filter(({ order_id }) => order_id === order.id)
  const subject = `the ERP and order #${order.display_id} of ${email}`
  const expected = jobs.find(({ identifier }) => identifier.endsWith("erp")).state === "completed" ? 1 : 0
  ledger.equal(`${subject}, times booked`, expected, deliveries.filter(({ status }) => status === 201).length)
  const stores = [...new Set(deliveries.map(({ store_id }) => store_id))]
  ledger.equal(`${subject}, sent by store`, [shop.store_id], stores)
}

function compareMails(ledger, jobs, outbox) {
  const mails = jobs.filter((job) => job.identifier.endsWith("mail") && job.state === "completed")
  const written = mails.filter((job) => fs.existsSync(path.join(outbox, `${job.id}.eml`)))
  ledger.equal("confirmation mails in the outbox", mails.length, written.length)
}

function makeLedger() {
  const ledger = { checks: 0, mismatches: [], equal }
  function equal(subject, expected, got) {
    ledger.checks += 1
    const [want, is] = [JSON.stringify(expected), JSON.stringify(got) ?? "undefined"]
    if (want !== is) ledger.mismatches.push({ subject, expected: want, got: is })
  }
  return ledger
}

function messagesOf(failures) {
  return failures.map((failure) => failure.message ?? failure.error_message ?? "")
}

function count(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0)
}
