/**
 * A process of the shop with nothing but the queue's module: works on queues until SIGTERM, and calls the module's
 * service for the test, which sends `{ call, method, args }` and gets `{ call, result }` or `{ call, error }`.
 */
import { boot } from "./boot"
import { watchThreads } from "./heart"
import { jobClasses } from "./jobs"
import { readSetting } from "./setting"

export interface Call {
  call: number
  method: string
  args: unknown[]
}

export interface Answer {
  call: number
  result?: unknown
  error?: string
}

/** The number of the answer that says that the process is ready. */
export const READY = 0

async function main(): Promise<void> {
  watchThreads()
  const setting = readSetting()
  const { service, start, stop } = await boot(setting, jobClasses(setting.journal))
  process.on("SIGTERM", () => {
    if (!setting.ignoresTermination) {
      void stop().then(() => process.exit(0))
    }
  })
  await start()
  const methods = service as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>
  process.on("message", ({ call, method, args }: Call) => {
    methods[method](...args).then(
      (result) => answer({ call, result: brief(result) }),
      (error: Error) => answer({ call, error: error.message })
    )
  })
  answer({ call: READY })
}

/** Of jobs the ids alone: tests enqueue a hundred thousand. */
function brief(result: unknown): unknown {
  return Array.isArray(result) ? result.map(({ id }: { id: string }) => id) : result
}

function answer(message: Answer): void {
  process.send?.(message)
}

// The test is gone, also when it was killed.
process.on("disconnect", () => process.exit())
void main()
