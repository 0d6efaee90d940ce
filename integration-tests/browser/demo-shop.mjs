/** The demo as a person starts it, from its first line to Ctrl-C. */
import { spawn } from "node:child_process"
import path from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { ended, lastLines } from "../../demo/child.mjs"
import { freePort } from "../../demo/free-port.mjs"
import { ROOT } from "../../demo/paths.mjs"

/** Few enough for one page of the list, and its picture, to show every kind of end. */
const ORDERS = "6"
const UP = "Stays up until"
const UP_WITHIN = 300_000
const ADMIN = /Admin\s+(http:\S+)\/app\//
const FAILING_ORDER = /order #(\d+) placed by unknown-sku@/

/** @returns the address of the running shop, the number of the order that the ERP refuses, and `stop()` */
export async function startDemo() {
  const child = spawn(process.execPath, [path.join(ROOT, "demo/run.mjs"), "--orders", ORDERS], {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: "1", PORT: String(await freePort()) },
    stdio: ["ignore", "pipe", "inherit"],
  })
  const end = ended(child)
  const printed = await untilUp(child, end)
  return {
    url: ADMIN.exec(printed)[1],
    failingOrder: FAILING_ORDER.exec(printed)[1],
    stop: async () => {
      child.kill("SIGINT")
      await end
    },
  }
}

/** All that the demo printed until it stays up; an error when an expectation of its own was not met. */
async function untilUp(child, end) {
  let printed = ""
  const up = new Promise((resolve) => {
    child.stdout.setEncoding("utf8").on("data", (text) => {
      printed += text
      if (printed.includes(UP)) resolve()
    })
  })
  const gone = end.then(({ code }) => {
    throw new Error(`the demo ended with exit code ${code} before it was up:\n${lastLines(printed)}`)
  })
  const tooLate = delay(UP_WITHIN, undefined, { ref: false }).then(() => {
    throw new Error(`the demo was not up within ${UP_WITHIN / 1000} s:\n${lastLines(printed)}`)
  })
  try {
    await Promise.race([up, gone, tooLate])
  } catch (error) {
    child.kill("SIGINT")
    throw error
  } finally {
    for (const late of [gone, tooLate]) late.catch(() => {}) // from here on it ends because it is told to
  }
  return printed
}
