/** Every page at both widths and in both themes: looked at by people, measured by the test. */
import assert from "node:assert/strict"
import fs from "node:fs"
import path from "node:path"
import { ROOT } from "../../demo/paths.mjs"

const [WIDE, NARROW] = [
  { width: 1280, height: 960 },
  { width: 390, height: 844 },
]
const THEMES = ["light", "dark"]
const SEEN = path.join(ROOT, ".artifacts/screenshots")
/** Those that the README and the docs show. */
const SHOWN = ["jobs", "job", "order"]
const DOCS = path.join(ROOT, "docs/images")

/** @param {{ page: import("playwright-core").Page, update: boolean }} camera */
export function makeCamera({ page, update }) {
  fs.mkdirSync(SEEN, { recursive: true })
  fs.mkdirSync(DOCS, { recursive: true })
  return {
    /** @returns the file */
    async takeFailure() {
      const file = path.join(SEEN, "failure.png")
      await page.screenshot({ path: file, fullPage: true })
      return path.relative(ROOT, file)
    },
    /** Pictures of the current page, named after `name`, the width and the theme; `subject` is scrolled to. */
    async take(name, subject) {
      for (const theme of THEMES) {
        await page.evaluate(setTheme, theme)
        for (const size of [WIDE, NARROW]) {
          await page.setViewportSize(size)
          await assertFits(page, `${name} at ${size.width} px`)
          await subject?.evaluate((element) => element.scrollIntoView({ block: "center" }))
          const isShown = update && SHOWN.includes(name) && size === WIDE
          const file = isShown ? `${DOCS}/${name}-${theme}.png` : `${SEEN}/${name}-${size.width}-${theme}.png`
          await page.screenshot({ path: file, animations: "disabled" })
        }
      }
      await page.evaluate(setTheme, THEMES[0])
      await page.setViewportSize(WIDE)
    },
  }
}

/** In the page, and as the dashboard's own switch does it: a reload would close what was opened. */
function setTheme(theme) {
  document.documentElement.classList.remove("light", "dark")
  document.documentElement.classList.add(theme)
  document.documentElement.style.colorScheme = theme
}

/** Tables may scroll inside their frame; the page itself must not scroll sideways. */
async function assertFits(page, what) {
  const { needed, given } = await page.evaluate(() => ({
    needed: document.documentElement.scrollWidth,
    given: document.documentElement.clientWidth,
  }))
  assert.ok(needed <= given, `${what}: the page is ${needed} px wide in a window of ${given} px`)
}
