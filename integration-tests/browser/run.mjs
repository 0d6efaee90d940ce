/**
 * The browser test: a person logs in, sees the failed job of the demo and why it failed, mends the cause,
 * retries the job and sees it completed. With --update-screenshots it takes the pictures of the docs anew.
 */
import assert from "node:assert/strict"
import { parseArgs } from "node:util"
import { ROOT } from "../../demo/paths.mjs"
import { LOGIN } from "../../demo/shop.mjs"
import { step, story } from "../steps.mjs"
import { findChromium, openBrowser } from "./chromium.mjs"
import { startDemo } from "./demo-shop.mjs"
import { makeCamera } from "./pictures.mjs"

const ERROR = "ERP answered 422: unknown SKU"
const ATTEMPTS = 4

const { values: options } = parseArgs({
  options: { "update-screenshots": { type: "boolean", default: false } },
})

await story("browser test", async () => {
  findChromium()
  const demo = await step("starts the demo, which meets its own expectations", startDemo)
  try {
    await repairFailedJob(demo)
  } finally {
    await demo.stop()
  }
})

async function repairFailedJob(demo) {
  const { page, errors, close } = await openBrowser()
  const camera = makeCamera({ page, update: options["update-screenshots"] })
  try {
    await step("logs in to the admin", () => logIn(page, demo.url))
    await step("opens the list of jobs from the sidebar", () => openJobs(page, camera))
    const name = await step("sees the failed job", () => findFailedJob(page, demo.failingOrder))
    await step("sees its error and all its attempts", () => readFailure(page, name, camera))
    await step("finds it first among the jobs of its order", () => openOrder(page, name, camera))
    await step("mends the cause, retries it, and sees it completed", () =>
      retry(page, demo.url, name, camera)
    )
    await step("sees it completed beside its order too", () => seeCompletedAtOrder(page, name))
    assert.deepEqual(errors, [], "a page threw an error")
  } catch (error) {
    console.error(`what the browser showed: ${await camera.takeFailure()}`)
    throw error
  } finally {
    await close()
  }
}

async function logIn(page, url) {
  await page.goto(`${url}/app/login`)
  await page.locator("input[name=email]").fill(LOGIN.email)
  await page.locator("input[name=password]").fill(LOGIN.password)
  await page.locator("button[type=submit]").click()
  await page.waitForURL((address) => !address.pathname.endsWith("/login"))
}

async function openJobs(page, camera) {
  await page.getByRole("link", { name: "Job Queue" }).first().click()
  await page.getByRole("heading", { name: "Jobs", exact: true }).waitFor()
  await page.getByRole("row").nth(1).waitFor()
  await camera.take("jobs")
}

/** The newest of the failed jobs is this run's. */
async function findFailedJob(page, orderNumber) {
  await page.getByRole("tab", { name: /^Failed/ }).click()
  const row = page.getByRole("row", { name: new RegExp(`#${orderNumber}\\b.*Failed`) })
  const cells = await row.innerText()
  assert.ok(cells.includes(`${ATTEMPTS} / ${ATTEMPTS}`), `the row shows its attempts: ${cells}`)
  assert.ok(cells.includes(ERROR), `the row shows its error: ${cells}`)
  const link = row.getByRole("link")
  const name = await link.innerText()
  await link.click()
  return name
}

async function readFailure(page, name, camera) {
  await page.getByRole("heading", { name, exact: true }).waitFor()
  await badge(page, "Failed").waitFor()
  for (let number = 1; number <= ATTEMPTS; number++) {
    const button = page.getByRole("button", { name: new RegExp(`attempt ${number}$`) })
    const attempt = await page.locator("div").filter({ has: button }).last().innerText()
    assert.ok(attempt.includes(ERROR), `attempt ${number} shows its own error: ${attempt}`)
  }
  const log = await page.getByRole("list", { name: `Log of attempt ${ATTEMPTS}` }).innerText()
  assert.ok(log.includes("sending to the ERP"), `its log shows what the last attempt did: ${log}`)
  const done = await page.getByRole("progressbar").getAttribute("aria-valuenow")
  assert.equal(done, "50", "it shows how far the last attempt came")
  const stack = page.getByLabel("Stack", { exact: true })
  assert.match(await stack.innerText(), /at .+\.ts:\d+/, "the newest attempt shows its stack")
  await stack.evaluate(hideFolder, ROOT)
  await camera.take("job")
}

/** In the page: the pictures don't tell where this clone lies. */
function hideFolder(element, folder) {
  element.textContent = element.textContent.replaceAll(folder, "/shop")
}

async function openOrder(page, name, camera) {
  await page.getByRole("link", { name: /^order_/ }).click()
  const links = page.locator("a[href*='/jobqueue/jobs/']")
  await links.first().waitFor()
  assert.equal(await links.first().innerText(), name, "failures come first")
  await camera.take("order", page.getByRole("heading", { name: "Jobs", exact: true }))
  await links.first().click()
}

async function retry(page, url, name, camera) {
  await page.getByRole("heading", { name, exact: true }).waitFor()
  await mendCause(page, url)
  await page.getByRole("button", { name: "Retry", exact: true }).click()
  await badge(page, "Completed").waitFor()
  const result = await page.locator("main").innerText()
  assert.ok(result.includes(`${ATTEMPTS + 1} / `), "the retry counts as one more attempt")
  assert.ok(result.includes(ERROR), "its history is kept")
  await camera.take("job-completed")
}

/** The demo's ERP refuses the orders of one customer; with another address it takes the order. */
async function mendCause(page, url) {
  const order = await page.getByRole("link", { name: /^order_/ }).innerText()
  const response = await page.request.post(`${url}/admin/orders/${order}`, {
    data: { email: "mended@example.com" },
  })
  assert.ok(response.ok(), `the order could not be changed: ${await response.text()}`)
}

async function seeCompletedAtOrder(page, name) {
  await page.getByRole("link", { name: /^order_/ }).click()
  const job = page.locator("a[href*='/jobqueue/jobs/']").filter({ hasText: name })
  await job.waitFor()
  await page.locator("div").filter({ has: job }).last().getByText("Completed").waitFor()
}

function badge(page, state) {
  return page.locator("main").getByText(state, { exact: true }).first()
}
