/**
 * How often callbacks may come in at this process: by address and overall, counted anew each minute. A map that is emptied
 * with its minute can't grow beyond that; a library would bring timers and back ends that nothing here needs.
 */

export interface CallbackRate {
  /** From one address. */
  perAddress: number
  overall: number
}

const WINDOW_MILLISECONDS = 60_000
const SECOND = 1000

export class CallbackLimiter {
  readonly #rate: CallbackRate
  readonly #now: () => number
  readonly #byAddress = new Map<string, number>()
  #total = 0
  #endsAt = 0

  /** @param now - milliseconds that only go up; given by tests */
  constructor(rate: CallbackRate, now: () => number = () => performance.now()) {
    this.#rate = rate
    this.#now = now
  }

  /** Counts one from this address. Answers the seconds to wait; 0 when it may come in. */
  admit(address: string): number {
    const now = this.#now()
    if (now >= this.#endsAt) {
      this.#byAddress.clear()
      this.#total = 0
      this.#endsAt = now + WINDOW_MILLISECONDS
    }
    const count = this.#byAddress.get(address) ?? 0
    if (this.#total >= this.#rate.overall || count >= this.#rate.perAddress) {
      return Math.ceil((this.#endsAt - now) / SECOND)
    }
    this.#total++
    this.#byAddress.set(address, count + 1)
    return 0
  }
}
