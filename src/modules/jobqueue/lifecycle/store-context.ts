/**
 * Which store a job belongs to. The first hit wins: the call · the job that enqueues it · the option
 * `resolveStore` · the sales channel of the request, or of the order, cart or customer that it is about ·
 * the oldest store, marked as assumed.
 */
import { unknownStore } from "../errors"
import type { ParsedEnqueueOptions } from "../job/enqueue-options"
import { contextOf, type Store, type StoreContext } from "../job/store-context"
import type { ResolveStore } from "../options"
import { applicationContainer, hasQuery } from "./application"
import { currentJob } from "./current-job"
import { contextsOf, keyOf } from "./resource-context"
import type { Stores } from "./stores"

export interface FoundContext {
  storeId: string | null
  storeAssumed: boolean
  context: StoreContext
}

interface Asked {
  payload: unknown
  options: ParsedEnqueueOptions
}

export class StoreContexts {
  readonly #stores: Stores
  readonly #resolveStore: ResolveStore | undefined

  constructor(stores: Stores, resolveStore: ResolveStore | undefined) {
    this.#stores = stores
    this.#resolveStore = resolveStore
  }

  /**
   * One context for each of `asked`; the shop's things are read once for all.
   * @throws MedusaError when a named store does not exist
   */
  async find(asked: readonly Asked[]): Promise<FoundContext[]> {
    const resources = asked.flatMap(({ options }) => options.resource ?? [])
    const contexts = await contextsOf(resources)
    return Promise.all(
      asked.map(({ payload, options }) =>
        this.#findOne(payload, options, options.resource && contexts.get(keyOf(options.resource)))
      )
    )
  }

  async #findOne(
    payload: unknown,
    options: ParsedEnqueueOptions,
    ofResource: StoreContext | undefined
  ): Promise<FoundContext> {
    const parent = currentJob()
    const context: StoreContext = {
      ...(parent ? { ...parent.context, parent_job_id: parent.id } : {}),
      ...ofResource,
      ...(options.from ? contextOf(options.from) : {}),
      ...options.context,
    }
    const named = options.store ?? parent?.store_id ?? (await this.#resolve(payload, options))
    if (named) {
      const store = await this.#existing(named)
      return { storeId: named, storeAssumed: false, context: withDefaults(context, store) }
    }
    return this.#bySalesChannel(context)
  }

  async #resolve(payload: unknown, { resource }: ParsedEnqueueOptions): Promise<string | undefined> {
    return this.#resolveStore?.({ container: applicationContainer(), payload, resource })
  }

  /** In a module test there are no stores to look among. */
  async #existing(id: string): Promise<Store | undefined> {
    const store = await this.#stores.byId(id)
    if (!store && hasQuery()) {
      throw unknownStore(id)
    }
    return store
  }

  async #bySalesChannel(context: StoreContext): Promise<FoundContext> {
    const { sales_channel_id: id } = context
    const selling = id === undefined ? undefined : await this.#stores.bySalesChannel(id)
    const store = selling ?? (await this.#stores.oldest())
    return {
      storeId: store?.id ?? null,
      storeAssumed: store !== undefined && selling === undefined,
      context: withDefaults(context, store),
    }
  }
}

/** What nothing else said is the store's own default. */
function withDefaults(context: StoreContext, store: Store | undefined): StoreContext {
  const currency = store?.supported_currencies?.find(({ is_default }) => is_default)?.currency_code
  return {
    ...(store?.default_sales_channel_id ? { sales_channel_id: store.default_sales_channel_id } : {}),
    ...(store?.default_region_id ? { region_id: store.default_region_id } : {}),
    ...(currency ? { currency_code: currency } : {}),
    ...context,
  }
}
