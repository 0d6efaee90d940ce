/** Tells other processes that queues have work: at most one statement at a time, one notification a queue in it. */
import type { Logger } from "@medusajs/framework/types"
import type { QueueBackend } from "../backend/contract"

/** A burst of enqueues becomes one notification. */
const BURST_MILLISECONDS = 15

export class Announcer {
  readonly #backend: QueueBackend
  readonly #logger: Logger
  readonly #queues = new Set<string>()
  #sending: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(backend: QueueBackend, logger: Logger) {
    this.#backend = backend
    this.#logger = logger
  }

  /** Returns at once. What can't be sent is found by polling. */
  announce(queues: readonly string[]): void {
    queues.forEach((queue) => this.#queues.add(queue))
    if (!this.#timer) {
      this.#sendBurst()
    }
  }

  /** Sends what is waiting. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    await this.#sending
    await this.#send()
  }

  /** The first of a burst goes out at once, the rest together when the burst is over. */
  #sendBurst(): void {
    if (this.#queues.size === 0) {
      this.#timer = undefined
      return
    }
    this.#sending = this.#send()
    this.#timer = setTimeout(() => this.#sendBurst(), BURST_MILLISECONDS)
  }

  async #send(): Promise<void> {
    const queues = [...this.#queues]
    this.#queues.clear()
    try {
      await (queues.length > 0 && this.#backend.announce(queues))
    } catch (error) {
      this.#logger.debug(
        `[jobqueue] no wake-up could be sent, polling finds the jobs: ${(error as Error).message}`
      )
    }
  }
}
