/** Collects what was measured: tells each figure as it comes, keeps all as JSON lines, writes table and picture. */
import fs from "node:fs"
import os from "node:os"
import path from "node:path"
import { chartOf } from "./chart.mjs"
import { formatted } from "./number.mjs"
import { summaryOf } from "./summary.mjs"
import { reportOf } from "./table.mjs"

/** Of an error that are printed; the JSON lines hold all of it. */
const ERROR_LINES = 3

export class Results {
  #settings
  #rows = []
  #skipped = new Map()
  #stem
  failures = 0

  constructor(settings) {
    this.#settings = settings
    fs.mkdirSync(settings.out, { recursive: true })
    this.#stem = path.join(settings.out, new Date().toISOString().replaceAll(":", "-").slice(0, 19))
  }

  get count() {
    return this.#rows.length
  }

  add({ scenario, contestant: { system, label, variant }, round, size, figures, error }) {
    const row = { scenario: scenario.name, label, system: system.label, variant, round, size, figures, error }
    this.#rows.push(row)
    if (error) this.failures++
    const line = { at: new Date().toISOString(), load: os.loadavg()[0], cfg: system.cfg, ...row }
    fs.appendFileSync(`${this.#stem}.jsonl`, `${JSON.stringify(line)}\n`)
    const told = error
      ? `FAILED ${error.split("\n", ERROR_LINES).join("\n")}`
      : told1(scenario.columns, figures)
    console.log(`${scenario.name.padEnd(15)} ${label.padEnd(34)} ${round}  ${told}`)
  }

  skip({ label }, why) {
    if (!this.#skipped.has(label)) console.log(`${label} is left out: ${why}`)
    this.#skipped.set(label, why)
  }

  async write({ plan, versions }) {
    const summaries = plan.map(({ scenario, size, rounds }) => ({
      scenario,
      size: { ...size, rounds },
      lines: summaryOf(scenario, this.#rows),
    }))
    const text = reportOf(summaries, { versions, skipped: this.#skipped })
    fs.writeFileSync(`${this.#stem}.md`, text)
    fs.writeFileSync(`${this.#stem}.svg`, chartOf(summaries))
    // The figures of a smoke run would only mislead.
    if (this.#settings.smoke) return
    console.log(`\n${text}\n${["md", "svg", "jsonl"].map((type) => `${this.#stem}.${type}`).join("\n")}`)
  }
}

function told1(columns, figures) {
  return Object.entries(columns)
    .map(([key, title]) => `${formatted(figures[key])} ${title}`)
    .join(" · ")
}
