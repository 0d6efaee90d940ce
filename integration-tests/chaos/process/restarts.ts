/**
 * A process that starts and stops the module many times, works a little in between, and then tells by
 * `{ call: READY, result }` what that left behind in it.
 */
import { setTimeout as delay } from "node:timers/promises"
import { boot } from "./boot"
import { jobClasses } from "./jobs"
import { readSetting } from "./setting"

const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const
const EVENTS = [
  "exit",
  "beforeExit",
  "uncaughtException",
  "unhandledRejection",
  "warning",
  "message",
] as const

/** What is counted before the first start and after the last stop. */
export interface Belongings {
  /** By what they wait for: `Timeout`, `TCPSocketWrap`, `MessagePort` … */
  resources: Record<string, number>
  listeners: Record<string, number>
}

async function main(): Promise<void> {
  const setting = readSetting()
  const classes = jobClasses(setting.journal)
  let before: Belongings | undefined
  for (let round = 0; round <= (setting.restarts ?? 0); round++) {
    const { service, start, stop } = await boot(setting, classes)
    await start()
    const { id } = await service.enqueue("chaos.nothing", {})
    // Every other time it is stopped while it still starts.
    while (round % 2 === 0 && (await service.retrieveJob(id)).state !== "completed") {
      await delay(5)
    }
    await stop()
    await socketsClosed()
    before ??= belongings() // the first round makes what is made once
  }
  process.send?.({ call: 0, result: { before, after: belongings() } })
}

const CLOSING_MILLISECONDS = 5000

/** A socket closes a moment after it was ended. One that is left stays until the limit, and is counted then. */
async function socketsClosed(): Promise<void> {
  const deadline = performance.now() + CLOSING_MILLISECONDS
  while (process.getActiveResourcesInfo().includes("TCPSocketWrap") && performance.now() < deadline) {
    await delay(5)
  }
}

function belongings(): Belongings {
  const resources: Record<string, number> = {}
  for (const resource of process.getActiveResourcesInfo()) {
    resources[resource] = (resources[resource] ?? 0) + 1
  }
  const listeners = [...SIGNALS, ...EVENTS].map((event) => [event, process.listenerCount(event as "exit")])
  const emitters = Object.hasOwn(process, "emit") ? 1 : 0 // process.emit is wrapped while workers run
  return { resources, listeners: { ...(Object.fromEntries(listeners) as Record<string, number>), emitters } }
}

void main()
