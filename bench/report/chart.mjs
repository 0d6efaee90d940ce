/** The picture: a panel of bars for each scenario, JobQueue's in colour; a line over each bar spans min to max. */
import { formatted } from "./number.mjs"

const WIDTH = 860
const LABEL = 250
const BAR = 440
const LINE = 22
const PANEL_HEAD = 44
const PANEL_GAP = 14
const COLOURS = { own: "#7c3aed", peer: "#9ca3af" }

export function chartOf(summaries) {
  let top = PANEL_GAP
  const panels = summaries
    .filter(({ lines }) => lines.some(hasFigures))
    .map(({ scenario, lines }) => {
      const panel = panelOf(scenario, lines.filter(hasFigures), top)
      top += panel.height + PANEL_GAP
      return panel.text
    })
  const style = `text{font:13px system-ui,sans-serif;fill:#111827}.title{font-weight:600}.unit{fill:#6b7280}`
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${top}" viewBox="0 0 ${WIDTH} ${top}">
<style>${style}</style>
<rect width="100%" height="100%" fill="#ffffff"/>
${panels.join("\n")}
</svg>
`
}

function panelOf(scenario, lines, top) {
  const key = scenario.chart ?? Object.keys(scenario.columns)[0]
  const largest = Math.max(...lines.map(({ figures }) => figures[key].max), Number.MIN_VALUE)
  const scale = (value) => (Math.max(0, value) / largest) * BAR
  const bars = lines.map((line, index) => barOf(line, key, scale, top + PANEL_HEAD + index * LINE))
  const title =
    text(12, top + 18, scenario.title, "title") + text(12, top + 35, scenario.columns[key], "unit")
  return { text: [title, ...bars].join("\n"), height: PANEL_HEAD + lines.length * LINE }
}

function barOf({ label, figures }, key, scale, y) {
  const { median, min, max } = figures[key]
  const colour = label.startsWith("jobqueue") ? COLOURS.own : COLOURS.peer
  const middle = y + LINE / 2 - 2
  const span = `<path d="M${LABEL + scale(min)} ${middle}H${LABEL + scale(max)}" stroke="#111827" stroke-opacity=".55"/>`
  return [
    text(12, middle + 4, label),
    `<rect x="${LABEL}" y="${y}" width="${scale(median)}" height="${LINE - 5}" rx="2" fill="${colour}"/>`,
    span,
    text(LABEL + scale(max) + 8, middle + 4, formatted(median)),
  ].join("")
}

function text(x, y, content, kind) {
  const escaped = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
  return `<text x="${x}" y="${y}"${kind ? ` class="${kind}"` : ""}>${escaped}</text>`
}

function hasFigures({ figures }) {
  return Object.keys(figures).length > 0
}
