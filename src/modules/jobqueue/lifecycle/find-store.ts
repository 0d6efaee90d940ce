/**
 * Which store a job belongs to. The first hit wins: the call · the job that enqueues it · the option
 * `resolveStore` · the sales channel of the request, or of the order, cart or customer that it is about ·
 * the oldest store, marked as assumed.
 */
import { unknownStore } from "../errors/enqueue"
import type { ParsedEnqueueOptions } from "../job/enqueue-options"
import type { JobResource } from "../job/job"
import { contextOf, type StoreContext } from "../job/store-context"
import type { ResolveStore } from "../options"
import type { Sql } from "../table/database"
import { isSoldType, readSales, type Sale, type SoldType, type StoreDefaults } from "../table/shop"
import { applicationContainer, hasQuery } from "./application"
import { currentJob } from "./current-job"
import type { StoreCache } from "./store-cache"

export interface FoundStore {
  storeId: string | null
  storeAssumed: boolean
  context: StoreContext
}

interface Asked {
  payload: unknown
  decided: {
    options: ParsedEnqueueOptions
    /** True when the request says nothing but its payload. */
    isPlain: boolean
  }
}

type Sales = ReadonlyMap<string, StoreContext>

export class StoreFinder {
  readonly #stores: StoreCache<StoreDefaults>
  readonly #resolveStore: ResolveStore | undefined
  #plain: { stores: readonly StoreDefaults[]; found: FoundStore } | undefined

  constructor(stores: StoreCache<StoreDefaults>, resolveStore: ResolveStore | undefined) {
    this.#stores = stores
    this.#resolveStore = resolveStore
  }

  /**
   * One answer for each of `asked`; the shop's things are read once for all.
   * @param sql - the caller's transaction, which may have just written the order, or the queue's own pool
   * @throws MedusaError when a named store does not exist
   */
  find(asked: readonly Asked[], sql: Sql): FoundStore[] | Promise<FoundStore[]> {
    return this.#findPlain(asked) ?? this.#findAll(asked, sql)
  }

  /** Nothing is said and no job enqueues this one: the oldest store, at once when it is known. */
  #findPlain(asked: readonly Asked[]): FoundStore[] | undefined {
    const isPlain = !this.#resolveStore && asked.every(({ decided }) => decided.isPlain) && !currentJob()
    const stores = isPlain ? this.#stores.allKnown() : undefined
    if (!stores) {
      return undefined
    }
    if (this.#plain?.stores !== stores) {
      this.#plain = { stores, found: assumeStore({}, stores) }
    }
    const { found } = this.#plain
    return asked.map(() => found)
  }

  async #findAll(asked: readonly Asked[], sql: Sql): Promise<FoundStore[]> {
    const sales = await salesOf(
      asked.flatMap(({ decided }) => decided.options.resource ?? []),
      sql
    )
    // Those that were decided together are found together, unless the option may look at each payload.
    const found = new Map<unknown, Promise<FoundStore>>()
    return Promise.all(
      asked.map((one) => {
        const key = this.#resolveStore ? one : one.decided
        const finding = found.get(key) ?? this.#findOne(one.payload, one.decided.options, sales)
        found.set(key, finding)
        return finding
      })
    )
  }

  async #findOne(payload: unknown, options: ParsedEnqueueOptions, sales: Sales): Promise<FoundStore> {
    const parent = currentJob()
    const context: StoreContext = {
      ...(parent ? { ...parent.context, parent_job_id: parent.id } : {}),
      ...soldAt(options.resource, sales),
      ...(options.from ? contextOf(options.from) : {}),
      ...options.context,
    }
    if (options.store === undefined && parent?.store_id) {
      return { storeId: parent.store_id, storeAssumed: parent.store_assumed, context }
    }
    const named = options.store ?? (await this.#resolve(payload, options))
    return named ? this.#named(named, context) : this.#bySalesChannel(context)
  }

  async #resolve(payload: unknown, { resource }: ParsedEnqueueOptions): Promise<string | undefined> {
    return this.#resolveStore?.({ container: applicationContainer(), payload, resource: resource?.[0] })
  }

  /** In a module test there are no stores to look among. */
  async #named(id: string, context: StoreContext): Promise<FoundStore> {
    const store = await this.#stores.byId(id)
    if (!store && hasQuery()) {
      throw unknownStore(id)
    }
    return { storeId: id, storeAssumed: false, context: withDefaults(context, store) }
  }

  async #bySalesChannel(context: StoreContext): Promise<FoundStore> {
    return assumeStore(context, await this.#stores.all())
  }
}

/** The store that has the context's sales channel, else the oldest. */
function assumeStore(context: StoreContext, stores: readonly StoreDefaults[]): FoundStore {
  const { sales_channel_id: id } = context
  const selling = id === undefined ? undefined : stores.find((store) => store.sales_channel_id === id)
  const store = selling ?? stores.at(0)
  return {
    storeId: store?.id ?? null,
    storeAssumed: store !== undefined && selling === undefined,
    context: withDefaults(context, store),
  }
}

/** What the resources tell, by type and id: one statement for each type among them. */
async function salesOf(resources: readonly JobResource[], sql: Sql): Promise<Sales> {
  const idsByType = new Map<SoldType, Set<string>>()
  for (const { type, id } of resources) {
    if (isSoldType(type) && hasQuery()) {
      idsByType.set(type, (idsByType.get(type) ?? new Set()).add(id))
    }
  }
  const sales = new Map<string, StoreContext>()
  for (const [type, ids] of idsByType) {
    for (const sale of await readSales(sql, type, [...ids])) {
      sales.set(keyOf({ type, id: sale.id }), contextOfSale(sale))
    }
  }
  return sales
}

/** Of the first that tells it. */
function soldAt(resources: readonly JobResource[] = [], sales: Sales): StoreContext | undefined {
  const telling = resources.find((resource) => sales.has(keyOf(resource)))
  return telling && sales.get(keyOf(telling))
}

function keyOf({ type, id }: JobResource): string {
  return `${type}:${id}`
}

function contextOfSale({ id: _, ...sale }: Sale): StoreContext {
  return Object.fromEntries(Object.entries(sale).filter(([, value]) => value !== null))
}

/** What nothing else said is the store's own default. */
function withDefaults(context: StoreContext, store: StoreDefaults | undefined): StoreContext {
  return store ? { ...contextOfSale({ locale: null, ...store }), ...context } : context
}
