/** What a job's resource says about the shop: an order's sales channel, region, currency. Read in batches. */
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import type { JobResource } from "../job/job"
import type { StoreContext } from "../job/store-context"
import { applicationContainer, hasQuery } from "./application"

/** The facts that an order or a cart holds. */
interface Sale {
  id: string
  customer_id: string | null
  sales_channel_id: string | null
  region_id: string | null
  currency_code: string | null
  locale: string | null
}

const FIELDS = ["id", "customer_id", "sales_channel_id", "region_id", "currency_code", "locale"]

/** What is known by resource, as `type:id`; resources of other types, or that are gone, are left out. */
export async function contextsOf(resources: readonly JobResource[]): Promise<Map<string, StoreContext>> {
  const contexts = new Map<string, StoreContext>()
  if (resources.length === 0 || !hasQuery()) {
    return contexts
  }
  for (const type of ["order", "cart"] as const) {
    for (const sale of await readSales(type, { id: idsOf(resources, type) })) {
      contexts.set(keyOf({ type, id: sale.id }), contextOfSale(sale))
    }
  }
  // A customer belongs to no sales channel: the latest order tells where they shop.
  for (const order of await readSales("order", { customer_id: idsOf(resources, "customer") })) {
    contexts.set(keyOf({ type: "customer", id: order.customer_id ?? "" }), contextOfSale(order))
  }
  return contexts
}

export function keyOf({ type, id }: JobResource): string {
  return `${type}:${id}`
}

function idsOf(resources: readonly JobResource[], type: string): string[] {
  return [...new Set(resources.filter((resource) => resource.type === type).map(({ id }) => id))]
}

/** Oldest first, so that of several the latest is kept. */
async function readSales(entity: "order" | "cart", filters: Record<string, string[]>): Promise<Sale[]> {
  if (Object.values(filters).every((ids) => ids.length === 0)) {
    return []
  }
  const query = applicationContainer().resolve(ContainerRegistrationKeys.QUERY)
  const { data } = await query.graph({
    entity,
    fields: FIELDS,
    filters,
    pagination: { order: { created_at: "ASC" } },
  })
  return data as unknown as Sale[]
}

function contextOfSale(sale: Sale): StoreContext {
  return {
    ...(sale.sales_channel_id ? { sales_channel_id: sale.sales_channel_id } : {}),
    ...(sale.region_id ? { region_id: sale.region_id } : {}),
    ...(sale.currency_code ? { currency_code: sale.currency_code } : {}),
    ...(sale.locale ? { locale: sale.locale } : {}),
  }
}
