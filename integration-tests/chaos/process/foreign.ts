/** A process that works on queues, and in which a promise is rejected that belongs to no job. */
import { boot } from "./boot"
import { jobClasses } from "./jobs"
import { readSetting } from "./setting"

const { log } = console

const LISTENERS = {
  none: () => undefined,
  uncaughtException: () =>
    process.on("uncaughtException", (error, origin) => log(`caught ${error.message} of ${origin}`)),
  own: () => process.on("unhandledRejection", (reason) => log(`heard of ${String(reason)}`)),
  // As Medusa's command line does it.
  exiting: () => process.on("unhandledRejection", () => process.exit(3)),
}

async function main(): Promise<void> {
  const setting = readSetting()
  const { service, start, stop } = await boot(setting, jobClasses(setting.journal))
  await start()
  LISTENERS[setting.listener ?? "none"]()
  const { id } = await service.enqueue("chaos.stray", { how: "rejection" })
  while ((await service.retrieveJob(id)).state !== "completed") {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await (setting.stopsFirst && stop())
  process.send?.({ call: 0 })
  process.once("message", () => {
    void Promise.reject(new Error("foreign"))
    setTimeout(() => process.exit(0), 100)
  })
}

void main()
