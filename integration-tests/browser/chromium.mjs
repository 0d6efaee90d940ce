/** Opens the machine's own chromium, in which nothing but this machine can be reached. */
import fs from "node:fs"
import { chromium } from "playwright-core"

const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
const ARGUMENTS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
]
/** The admin's first page is bundled while the browser waits for it. */
const PATIENCE = 120_000

/** @throws Error that says how to get a chromium when there is none */
export function findChromium() {
  const given = process.env.CHROMIUM_PATH
  const found = given ? [given] : PATHS
  const path = found.find((each) => fs.existsSync(each))
  if (!path) {
    throw new Error(
      `no chromium at ${found.join(", ")}. Install one (Debian: apt-get install chromium), ` +
        "or set CHROMIUM_PATH to the program of a Chrome or Chromium."
    )
  }
  return path
}

/** @returns `page`, `errors` (what the pages threw and did not catch), and `close()` */
export async function openBrowser() {
  const browser = await chromium.launch({ executablePath: findChromium(), args: ARGUMENTS })
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-US" })
  await context.route(
    (url) => !["localhost", "127.0.0.1"].includes(url.hostname),
    (route) => route.abort()
  )
  context.setDefaultTimeout(PATIENCE)
  const page = await context.newPage()
  const errors = []
  page.on("pageerror", (error) => errors.push(error))
  return { page, errors, close: () => browser.close() }
}
