/**
 * Something that a worker process does again and again for as long as it lives. A step that throws is logged
 * and tried again with a growing wait, for ever: a loop never dies of an error.
 */
import type { Logger } from "@medusajs/framework/types"
import { jittered, pause } from "../lifecycle/pause"

const FIRST_RETRY_MILLISECONDS = 250
const LONGEST_RETRY_MILLISECONDS = 10_000

interface LoopOptions {
  /** For the log. */
  name: string
  /** Milliseconds between two steps, give or take a fifth. */
  interval: number | (() => number)
  logger: Logger
  /** Answers true when there is more to do at once. */
  step: () => Promise<boolean>
  /** The first step comes after an interval, too. Default false: at once. */
  waitsFirst?: boolean
}

export class Loop {
  readonly #options: LoopOptions
  #stopping: AbortController | undefined
  #endWait: (() => void) | undefined
  #isWoken = false
  #running: Promise<void> | undefined

  constructor(options: LoopOptions) {
    this.#options = options
  }

  start(): void {
    if (!this.#running) {
      this.#stopping = new AbortController()
      this.#running = this.#run(this.#stopping.signal)
    }
  }

  /** Runs the next step now; when one is under way, another follows it. */
  wake(): void {
    this.#isWoken = true
    this.#endWait?.()
  }

  /** No step begins any more; resolves when the last one has ended. */
  async stop(): Promise<void> {
    this.#stopping?.abort()
    this.#endWait?.()
    await this.#running
    this.#running = undefined
  }

  async #run(stopping: AbortSignal): Promise<void> {
    let failures = 0
    if (this.#options.waitsFirst) {
      await this.#wait(stopping)
    }
    while (!stopping.aborted) {
      this.#isWoken = false
      try {
        const hasMore = await this.#options.step()
        failures = 0
        if (!hasMore) {
          await this.#wait(stopping)
        }
      } catch (error) {
        const wait = Math.min(LONGEST_RETRY_MILLISECONDS, FIRST_RETRY_MILLISECONDS * 2 ** failures++)
        this.#logFailure(error as Error, wait, stopping)
        await pause(jittered(wait), stopping)
      }
    }
  }

  async #wait(stopping: AbortSignal): Promise<void> {
    if (this.#isWoken || stopping.aborted) {
      return
    }
    const { interval } = this.#options
    const milliseconds = jittered(typeof interval === "function" ? interval() : interval)
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      this.#endWait = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#endWait = undefined
  }

  #logFailure(error: Error, wait: number, stopping: AbortSignal): void {
    if (!stopping.aborted) {
      this.#options.logger.error(
        `[jobqueue] ${this.#options.name} failed; it goes on in about ${wait} ms`,
        error
      )
    }
  }
}
