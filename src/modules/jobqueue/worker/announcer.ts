/**
 * Tells other processes that queues have work. A notification takes a lock of the whole server at its commit, so there
 * are only so many: a burst of enqueues becomes one.
 */
import type { Logger } from "@medusajs/framework/types"
import type { QueueBackend } from "../backend/contract"

/** What goes beyond that waits so long, and is sent together. */
const BURST_MILLISECONDS = 15
const PER_MILLISECOND = 0.2
const AT_ONCE = 20

export class Announcer {
  readonly #backend: QueueBackend
  readonly #logger: Logger
  readonly #queues = new Set<string>()
  #sending: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #credit = AT_ONCE
  #creditAt = 0

  constructor(backend: QueueBackend, logger: Logger) {
    this.#backend = backend
    this.#logger = logger
  }

  /** True when a statement that is about to be sent may announce its queues itself; that is then counted. */
  mayAnnounce(): boolean {
    const now = performance.now()
    this.#credit = Math.min(AT_ONCE, this.#credit + (now - this.#creditAt) * PER_MILLISECOND)
    this.#creditAt = now
    if (this.#credit < 1) {
      return false
    }
    this.#credit--
    return true
  }

  /** Returns at once; call it after the commit. What can't be sent is found by polling. */
  announce(queues: readonly string[]): void {
    queues.forEach((queue) => this.#queues.add(queue))
    if (this.#timer || this.#queues.size === 0) {
      return
    }
    if (this.mayAnnounce()) {
      this.#sending = this.#send()
    } else {
      this.#timer = setTimeout(() => this.#sendBurst(), BURST_MILLISECONDS)
    }
  }

  /** Sends what is waiting. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    await this.#sending
    await this.#send()
  }

  #sendBurst(): void {
    this.#timer = undefined
    this.#sending = this.#send()
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
