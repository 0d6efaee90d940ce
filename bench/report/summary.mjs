/** The rounds of each contestant, reduced to the median and its range. */
import { range } from "../measure/statistics.mjs"

/**
 * @returns one line for each contestant, in the order of the first round; `figures` is empty when all rounds failed.
 *   `share` is its first figure as a share of the same system's first variant.
 */
export function summaryOf(scenario, rows) {
  const own = rows.filter((row) => row.scenario === scenario.name)
  const lines = [...new Set(own.map(({ label }) => label))].map((label) =>
    lineOf(
      scenario,
      own.filter((row) => row.label === label)
    )
  )
  return lines.map((line) => ({ ...line, share: shareOf(scenario, line, lines) }))
}

function lineOf(scenario, rows) {
  const [{ label, system, variant }] = rows
  const measured = rows.filter(({ figures }) => figures).map(({ figures }) => figures)
  const keys = measured.length > 0 ? Object.keys(scenario.columns) : []
  const figures = keys.map((key) => [key, range(measured.map((each) => each[key]))])
  return { label, system, variant, figures: Object.fromEntries(figures) }
}

function shareOf({ variants, columns }, { system, figures }, lines) {
  if (!variants) return undefined
  const [key] = Object.keys(columns)
  const first = lines.find((line) => line.system === system && line.variant === variants[0])
  return figures[key]?.median / first?.figures[key]?.median
}
