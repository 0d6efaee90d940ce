/** All that the demo prints: lines that are only ever added, so that they read the same in a CI log. */
import fs from "node:fs"
import Table from "cli-table3"
import colors from "picocolors"
import { lastLines } from "./child.mjs"

const STATE_COLORS = {
  scheduled: colors.blue,
  pending: colors.gray,
  running: colors.cyan,
  retrying: colors.yellow,
  completed: colors.green,
  failed: colors.red,
  canceled: colors.gray,
  held: colors.magenta,
  waiting: colors.blue,
}
const STATES = Object.keys(STATE_COLORS)
const NAME_WIDTH = 34
const STORE_WIDTH = 18
const TABLE_WIDTH = 120
/** job, store, state, attempts; the last one takes the rest */
const COLUMNS = [34, 19, 11, 10]
const MOST_ROWS = 30
const STATE_WIDTH = 9
const LOG_LINES = 30
const began = Date.now()

export function title(text) {
  print(`\n${colors.bold(text)}\n`)
}

/** Prints what is being done, then how long it took. `work` returns a text to add, or nothing. */
export async function step(text, work) {
  const start = Date.now()
  process.stdout.write(`${colors.cyan("›")} ${text} ${colors.dim("…")} `)
  try {
    const { note, value } = await work()
    print(
      `${colors.green("done")} ${colors.dim([seconds(Date.now() - start), note].filter(Boolean).join(", "))}`
    )
    return value
  } catch (error) {
    print(error.name === "AbortError" ? colors.yellow("stopped") : colors.red("failed"))
    throw error
  }
}

export function orderPlaced({ order, email, shop }) {
  print(`${clock()} ${colors.bold(`order #${order.display_id}`)} placed by ${email} in ${shop.name}`)
}

/** One thing that happened to a job: it came into a state, or one attempt failed. */
export function change({ kind, job, failure }, shopName) {
  const who = `${pad(job.name, NAME_WIDTH)} ${colors.dim(pad(shopName, STORE_WIDTH))}`
  if (kind === "failure") {
    const which = `attempt ${failure.attempt} of ${job.max_attempts}`
    print(`${clock()} ${who} ${colors.yellow(`${which}: ${failure.message}`)}`)
  } else if (job.state !== "pending") {
    print(`${clock()} ${who} ${stateText(job.state)} ${colors.dim(detailOf(job))}`)
  }
}

export function counts(byState) {
  const parts = STATES.filter((state) => byState[state]).map((state) =>
    paint(state, `${state} ${byState[state]}`)
  )
  print(`${clock()} ${colors.bold("jobs")} ${parts.join(colors.dim(" · "))}`)
}

export function notice(text) {
  print(`${clock()} ${colors.yellow(text)}`)
}

/** The jobs of this run, those with a story first. */
export function summary(jobs, shopNameOf) {
  const last =
    Math.min(process.stdout.columns ?? TABLE_WIDTH, TABLE_WIDTH) - COLUMNS.reduce((a, b) => a + b) - 7
  const table = new Table({
    head: ["job", "store", "state", "attempts", "result or last error"].map(colors.bold),
    colWidths: [...COLUMNS, Math.max(last, COLUMNS[0])],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  })
  const sorted = [...jobs].sort((a, b) => rank(a) - rank(b) || Number(a.id) - Number(b.id))
  for (const job of sorted.slice(0, MOST_ROWS)) {
    const attempts = `${job.attempts} of ${job.max_attempts}`
    table.push([job.name, shopNameOf(job), paint(job.state, job.state), attempts, endOf(job)])
  }
  print(`\n${table.toString()}`)
  if (sorted.length > MOST_ROWS) print(colors.dim(`and ${sorted.length - MOST_ROWS} more`))
}

/** @param {{ subject: string, expected: string, got: string }[]} mismatches */
export function verdict(mismatches, checks) {
  if (mismatches.length === 0) {
    print(`\n${colors.green("✔")} all ${checks} expectations seen, in the database and through the admin API`)
    return
  }
  print(`\n${colors.red("✘")} ${mismatches.length} of ${checks} expectations were not met`)
  for (const { subject, expected, got } of mismatches) {
    print(`  ${colors.bold(subject)}\n    expected ${expected}\n    got      ${colors.red(got)}`)
  }
}

export function addresses({ url, login, database, pid }) {
  print(`
  Admin     ${colors.bold(colors.cyan(`${url}/app/jobqueue/jobs`))}
  Login     ${login.email}  ${login.password}
  Database  ${colors.dim(database)}
  Server    ${colors.dim(`process ${pid}; when it is killed, it is started again`)}

Stays up until ${colors.bold("Ctrl-C")}.`)
}

export function failure(error) {
  console.error(`\n${colors.red("✘")} ${error.message}`)
}

/** The end of the log of Medusa's commands and server, when there is one. */
export function endOfLog(file) {
  const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : ""
  if (text) console.error(`\n${colors.bold(`The end of ${file}:`)}\n${lastLines(text, LOG_LINES)}`)
}

export function print(text) {
  process.stdout.write(`${text}\n`)
}

/** Failed, scheduled, completed after failures, completed at once. */
function rank(job) {
  if (job.state === "failed") return 0
  if (job.state !== "completed") return 1
  return job.failures.length > 0 ? 2 : 3
}

function endOf(job) {
  const error = job.failures.at(-1)?.message
  if (job.state === "completed")
    return [resultText(job), error && `after ${error}`].filter(Boolean).join(", ")
  return job.state === "scheduled" ? `runs at ${timeOf(job)}` : (error ?? job.reason ?? "")
}

function detailOf(job) {
  if (job.state === "running") return `attempt ${job.attempts} of ${job.max_attempts}`
  if (job.state === "scheduled") return `until ${timeOf(job)}`
  if (job.state === "retrying")
    return `next attempt at ${new Date(job.run_at).toISOString().slice(11, 19)} UTC`
  return job.state === "completed" ? resultText(job) : (job.reason ?? "")
}

/** The demo's jobs say in one sentence what they did. */
function resultText({ result }) {
  return result?.done ?? ""
}

function timeOf({ run_at: runAt }) {
  return `${new Date(runAt).toISOString().slice(0, 16).replace("T", " ")} UTC`
}

function stateText(state) {
  return paint(state, pad(state, STATE_WIDTH))
}

function paint(state, text) {
  return (STATE_COLORS[state] ?? String)(text)
}

/** Seconds since the runner began. */
function clock() {
  return colors.dim(seconds(Date.now() - began).padStart(7))
}

function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`
}

function pad(text, width) {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width)
}
