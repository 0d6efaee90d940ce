/**
 * The stores of the shop: which one a job belongs to when it is enqueued, and what that store looks like when
 * the job is performed. Read once for a batch and kept at most 5 s.
 */
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import type { Store } from "../job/store-context"
import { applicationContainer, hasQuery } from "./application"

/** How old a store may be when a job sees it: a settings change reaches every process within this time. */
const FRESH_MILLISECONDS = 5000

const FIELDS = [
  "id",
  "name",
  "default_sales_channel_id",
  "default_region_id",
  "default_location_id",
  "metadata",
  "supported_currencies.currency_code",
  "supported_currencies.is_default",
  "supported_locales.locale_code",
  "created_at",
]

/** How soon the stores may be read again for an id that is not among them: it may be new. */
const MISS_MILLISECONDS = 250

export class Stores {
  #reading: { at: number; stores: Promise<readonly Store[]> } | undefined

  /** A store that was made a moment ago is found too; undefined means that it does not exist. */
  async byId(id: string): Promise<Store | undefined> {
    const isAsked = (store: Store) => store.id === id
    return (await this.#all()).find(isAsked) ?? (await this.#all(MISS_MILLISECONDS)).find(isAsked)
  }

  async bySalesChannel(id: string): Promise<Store | undefined> {
    return (await this.#all()).find((store) => store.default_sales_channel_id === id)
  }

  async oldest(): Promise<Store | undefined> {
    return (await this.#all())[0]
  }

  /** All stores, the oldest first, as they were at most `age` milliseconds ago. */
  #all(age = FRESH_MILLISECONDS): Promise<readonly Store[]> {
    const present = this.#reading
    if (present && performance.now() - present.at < age) {
      return present.stores
    }
    const reading = { at: performance.now(), stores: readStores() }
    this.#reading = reading
    reading.stores.catch(() => {
      this.#reading = undefined // whoever asked gets the error; the next one reads again
    })
    return reading.stores
  }
}

async function readStores(): Promise<readonly Store[]> {
  if (!hasQuery()) {
    return []
  }
  const query = applicationContainer().resolve(ContainerRegistrationKeys.QUERY)
  const { data } = await query.graph({
    entity: "store",
    fields: FIELDS,
    pagination: { order: { created_at: "ASC" } },
  })
  return data as unknown as Store[]
}
