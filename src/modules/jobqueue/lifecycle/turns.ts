/** Who must wait for whom within this process, so that waiting needs no connection. */

/** Calls that have a name in common run one after the other, in the order in which they came. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>()

  async run<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
    const before = Promise.all(names.flatMap((name) => this.#last.get(name) ?? []))
    let end: () => void = () => undefined
    const mine = new Promise<void>((resolve) => (end = resolve))
    names.forEach((name) => this.#last.set(name, mine))
    try {
      await before
      return await work()
    } finally {
      end()
      names.filter((name) => this.#last.get(name) === mine).forEach((name) => this.#last.delete(name))
    }
  }
}

/** At most so many calls run at the same time; the others wait in their order. */
export class Lane {
  #places: number
  readonly #waiting: (() => void)[] = []

  constructor(places: number) {
    this.#places = places
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#places > 0) {
      this.#places--
    } else {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) {
        next() // it takes over our place
      } else {
        this.#places++
      }
    }
  }
}
