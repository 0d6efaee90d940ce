/**
 * Jobs whose process died while it held them. One of them may have killed it, so this process performs one at a time:
 * when it dies again, the culprit is known and the others are not harmed.
 */
export class Suspects {
  #queues = new Set<string>()
  #isTaken = false

  /** @param queues - those in which suspects wait, as just read */
  seen(queues: readonly string[]): void {
    this.#queues = new Set(queues)
  }

  /** True when the caller may take one of this queue's suspects now; then it calls `end` when that is performed. */
  begin(queue: string): boolean {
    if (this.#isTaken || !this.#queues.has(queue)) {
      return false
    }
    this.#isTaken = true
    return true
  }

  end(): void {
    this.#isTaken = false
  }

  /** None was left in the queue. */
  none(queue: string): void {
    this.#queues.delete(queue)
    this.#isTaken = false
  }
}
