/** The Markdown report: a table for each scenario, medians with their range. */
import { SCENARIOS } from "../scenarios/catalog.mjs"
import { range } from "../measure/statistics.mjs"

export function tablesOf(rows, { machine, versions, rounds, skipped }) {
  const head = `${machine}, ${versions.join(", ")}. Median [min–max] of ${rounds}.`
  const left = [...skipped].map(([label, why]) => `${label} was left out: ${why}.`)
  const tables = SCENARIOS.map((scenario) => tableOf(scenario, rows)).filter(Boolean)
  return `${[head, ...left, ...tables].join("\n\n")}\n`
}

/** @returns {{ system: string, figures: Record<string, { median: number, min: number, max: number }> }[]} */
export function summaryOf(scenario, rows) {
  const own = rows.filter((row) => row.scenario === scenario.name)
  return [...new Set(own.map(({ system }) => system))].map((system) => {
    const measured = own.filter((row) => row.system === system && row.figures).map(({ figures }) => figures)
    const keys = measured.length > 0 ? Object.keys(scenario.columns) : []
    return {
      system,
      figures: Object.fromEntries(keys.map((key) => [key, range(measured.map((each) => each[key]))])),
    }
  })
}

function tableOf(scenario, rows) {
  const summary = summaryOf(scenario, rows)
  if (summary.length === 0) return undefined
  const keys = Object.keys(scenario.columns)
  const line = (cells) => `| ${cells.join(" | ")} |`
  const lines = [
    line([scenario.title, ...Object.values(scenario.columns)]),
    line(["---", ...keys.map(() => "--:")]),
    ...summary.map(({ system, figures }) => line([system, ...keys.map((key) => cell(figures[key]))])),
  ]
  return lines.join("\n")
}

function cell(figure) {
  if (!figure) return "failed"
  const { median, min, max } = figure
  return min === max ? number(median) : `${number(median)} [${number(min)}–${number(max)}]`
}

export function number(value) {
  if (!Number.isFinite(value)) return "–"
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
