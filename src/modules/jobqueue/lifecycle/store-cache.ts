/** The stores of the shop, as few as they are, read together and kept for a moment. */

/** How old a store may be when a job sees it: a settings change reaches every process within this time. */
const FRESH_MILLISECONDS = 5000

export class StoreCache<Store extends { id: string }> {
  readonly #read: () => Promise<readonly Store[]>
  #reading: { at: number; stores: Promise<readonly Store[]> } | undefined
  #known: { at: number; all: readonly Store[]; byId: ReadonlyMap<string, Store> } | undefined

  /** @param read - all stores, the oldest first */
  constructor(read: () => Promise<readonly Store[]>) {
    this.#read = read
  }

  /** What needs no waiting: a store that was read at most 5 s ago. */
  known(id: string): Store | undefined {
    return this.#fresh()?.byId.get(id)
  }

  /** The same for all stores; the same array for as long as they are not read again. */
  allKnown(): readonly Store[] | undefined {
    return this.#fresh()?.all
  }

  /** A store that was made a moment ago is found too; undefined means that it does not exist. */
  async byId(id: string): Promise<Store | undefined> {
    const asked = performance.now()
    const isAsked = (store: Store) => store.id === id
    return (await this.all()).find(isAsked) ?? (await this.#readSince(asked)).find(isAsked)
  }

  /** All stores, the oldest first, as they were at most 5 s ago. */
  all(): Promise<readonly Store[]> {
    return this.#readSince(performance.now() - FRESH_MILLISECONDS)
  }

  #fresh() {
    const isFresh = this.#known !== undefined && performance.now() - this.#known.at < FRESH_MILLISECONDS
    return isFresh ? this.#known : undefined
  }

  /** A reading that began at `moment` or later; many who ask at the same time share one. */
  #readSince(moment: number): Promise<readonly Store[]> {
    if (this.#reading && this.#reading.at >= moment) {
      return this.#reading.stores
    }
    const reading = { at: performance.now(), stores: this.#read() }
    this.#reading = reading
    reading.stores.then(
      (stores) => {
        this.#known = { at: reading.at, all: stores, byId: new Map(stores.map((store) => [store.id, store])) }
      },
      () => {
        this.#reading = undefined // whoever asked gets the error; the next one reads again
      }
    )
    return reading.stores
  }
}
