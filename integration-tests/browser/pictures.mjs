/** Every page at both widths and in both themes: looked at by people, measured by the test. */
import assert from "node:assert/strict"
import fs from "node:fs"
import path from "node:path"
import { ROOT } from "../../demo/paths.mjs"

const WIDTHS = [1280, 390]
const HEIGHT = 800
const THEMES = ["light", "dark"]
const SEEN = path.join(ROOT, ".artifacts/screenshots")
/** Those that the README and the docs show. */
const SHOWN = path.join(ROOT, "docs/images")

/** @param {{ page: import("playwright-core").Page, update: boolean }} camera */
export function makeCamera({ page, update }) {
  fs.mkdirSync(SEEN, { recursive: true })
  fs.mkdirSync(SHOWN, { recursive: true })
  return {
    /** @returns the file */
    async takeFailure() {
      const file = path.join(SEEN, "failure.png")
      await page.screenshot({ path: file, fullPage: true })
      return path.relative(ROOT, file)
    },
    /** Pictures of the current page, named after `name`, the width and the theme. */
    async take(name) {
      for (const theme of THEMES) {
        await page.emulateMedia({ colorScheme: theme })
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: HEIGHT })
          await assertFits(page, `${name} at ${width} px`)
          const isShown = update && width === WIDTHS[0]
          const file = isShown
            ? path.join(SHOWN, `${name}-${theme}.png`)
            : path.join(SEEN, `${name}-${width}-${theme}.png`)
          await page.screenshot({ path: file, animations: "disabled" })
        }
      }
      await page.emulateMedia({ colorScheme: THEMES[0] })
      await page.setViewportSize({ width: WIDTHS[0], height: HEIGHT })
    },
  }
}

/** Tables may scroll inside their frame; the page itself must not scroll sideways. */
async function assertFits(page, what) {
  const { needed, given } = await page.evaluate(() => ({
    needed: document.documentElement.scrollWidth,
    given: document.documentElement.clientWidth,
  }))
  assert.ok(needed <= given, `${what}: the page is ${needed} px wide in a window of ${given} px`)
}
