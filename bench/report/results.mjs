/** Collects what was measured: prints each figure as it comes, keeps all as JSON lines, writes the report. */
import fs from "node:fs"
import os from "node:os"
import path from "node:path"
import { tablesOf } from "./table.mjs"

export class Results {
  #settings
  #servers
  #rows = []
  #skipped = new Map()
  #stem
  failures = 0

  constructor(settings, servers) {
    this.#settings = settings
    this.#servers = servers
    fs.mkdirSync(settings.out, { recursive: true })
    this.#stem = path.join(settings.out, new Date().toISOString().replaceAll(":", "-").slice(0, 19))
  }

  add({ scenario, system, round, size, figures, error }) {
    const row = { scenario: scenario.name, system: system.label, round, size, figures, error }
    this.#rows.push(row)
    if (error) this.failures++
    const line = { at: new Date().toISOString(), load: os.loadavg()[0], cfg: system.cfg, ...row }
    fs.appendFileSync(`${this.#stem}.jsonl`, `${JSON.stringify(line)}\n`)
    const told = error ? `FAILED: ${error}` : Object.entries(scenario.columns).map(told1(figures)).join("  ")
    console.log(`${scenario.name.padEnd(18)} ${system.label.padEnd(24)} round ${round}  ${told}`)
  }

  skip({ scenario, system, why }) {
    if (!this.#skipped.has(system.label)) console.log(`${system.label} is left out: ${why}`)
    this.#skipped.set(system.label, why)
    void scenario
  }

  async write() {
    const versions = [`Node ${process.versions.node}`, ...(await this.#servers.versions())]
    const machine = `${os.cpus().length} cores (${os.cpus()[0].model.trim()})`
    const text = tablesOf(this.#rows, {
      machine,
      versions,
      rounds: this.#settings.rounds,
      skipped: this.#skipped,
    })
    fs.writeFileSync(`${this.#stem}.md`, text)
    console.log(`\n${text}\n${this.#stem}.md`)
  }
}

function told1(figures) {
  return ([key, title]) => `${title} ${Number(figures[key].toPrecision(4))}`
}
