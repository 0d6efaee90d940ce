/** The Markdown report: a table for each scenario, medians with their range. */
import os from "node:os"
import { formatted } from "./number.mjs"

export function reportOf(summaries, { versions, skipped }) {
  const machine = `${os.cpus().length} cores, ${os.cpus()[0].model.trim()}`
  const software = [`Node ${process.versions.node}`, ...versions].join(", ")
  const left = [...skipped].map(([label, why]) => `${label} was left out: ${why}.`)
  const tables = summaries.filter(({ lines }) => lines.length > 0).map(tableOf)
  const rule = "CPU is that of the workers (enqueue: of the producer) and of the whole server"
  return `${[`${machine}; ${software}. Median [min–max]. ${rule}.`, ...left, ...tables].join("\n\n")}\n`
}

function tableOf({ scenario, size, lines }) {
  const { title, columns, variants } = scenario
  const shared = variants ? [`of "${variants[0]}"`] : []
  const heads = [`${title} (${told(size)})`, ...Object.values(columns), ...shared]
  const body = lines.map(({ label, figures, share }) => [
    label,
    ...Object.keys(columns).map((key) => cell(figures[key])),
    ...(variants ? [formatted(share)] : []),
  ])
  const rule = heads.map((_, index) => (index === 0 ? "---" : "--:"))
  return [heads, rule, ...body].map((cells) => `| ${cells.join(" | ")} |`).join("\n")
}

function told(size) {
  return Object.entries(size)
    .map(([key, value]) => (typeof value === "object" ? `${key}: ${told(value)}` : `${key} ${value}`))
    .join(", ")
}

function cell(figure) {
  if (!figure) return "failed"
  const { median, min, max } = figure
  const isOne = formatted(min) === formatted(max)
  return isOne ? formatted(median) : `${formatted(median)} [${formatted(min)}–${formatted(max)}]`
}
