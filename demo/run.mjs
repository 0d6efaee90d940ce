/**
 * The main job on one machine, from nothing: Postgres, a Medusa shop with two stores, real orders, and the
 * jobs that they enqueue, watched until they are done. `npm run demo -- --help` tells the options.
 */
import { once } from "node:events"
import { HELP, parseCommandLine } from "./command-line.mjs"
import { Interrupted, listenForInterrupt } from "./interrupt.mjs"
import * as report from "./report.mjs"
import { LOGIN, openShop } from "./shop.mjs"
import { playOut } from "./play.mjs"
import { LOG } from "./paths.mjs"

const USAGE_ERROR = 2
const INTERRUPTED = 130

process.exitCode = await main(process.argv.slice(2))

async function main(args) {
  let options
  try {
    options = parseCommandLine(args)
  } catch (error) {
    report.failure(error)
    report.print(`\n${HELP}`)
    return USAGE_ERROR
  }
  if (options.help) {
    report.print(HELP)
    return 0
  }
  return withCleanUp((signal, later) => demo(options, signal, later))
}

async function demo(options, signal, later) {
  report.title("JobQueue for Medusa: orders, jobs, a worker, the admin")
  const shop = await openShop(options, signal, later)
  const { checks, mismatches } = await playOut(shop, options, signal)
  report.verdict(mismatches, checks)
  if (mismatches.length > 0) report.endOfLog(LOG)
  if (!options.exit) {
    report.addresses({
      url: shop.server.url,
      login: LOGIN,
      database: shop.databaseUrl,
      pid: shop.server.pid(),
    })
    if (!signal.aborted) await once(signal, "abort")
    if (!(signal.reason instanceof Interrupted)) throw signal.reason
  }
  return mismatches.length > 0 ? 1 : 0
}

/**
 * Ends what was begun, last first, however `work` ends: `later(undo, hurry)` is told how, and what to do instead
 * when a second signal asks for haste.
 */
async function withCleanUp(work) {
  const { signal, onSecond } = listenForInterrupt()
  const endings = []
  onSecond(() => endings.forEach(({ hurry }) => hurry?.()))
  try {
    return await work(signal, (undo, hurry) => endings.push({ undo, hurry }))
  } catch (error) {
    if (signal.reason instanceof Interrupted) {
      report.print(`\n${signal.reason.message}`)
      return INTERRUPTED
    }
    report.failure(signal.reason ?? error)
    if (endings.length > 0) report.endOfLog(LOG)
    return 1
  } finally {
    await endAll(endings)
  }
}

async function endAll(endings) {
  for (const { undo } of endings.toReversed()) {
    try {
      await undo()
    } catch (error) {
      report.failure(error)
      process.exitCode = 1
    }
  }
}
