/**
 * What the queue reads of the shop's own tables, to find the store of a job. Raw SQL, so that it can run in the
 * caller's transaction and never waits for the application's pool: 40 callers that each held one of its
 * connections, and waited for another one to read this through `query.graph`, blocked each other.
 */
import type { StoreContext } from "../job/store-context"
import type { Sql } from "./database"

/** A store, and what holds in it when nothing else says so. */
export interface StoreDefaults {
  id: string
  sales_channel_id: string | null
  region_id: string | null
  currency_code: string | null
}

const STORES = `
select s.id, s.default_sales_channel_id as sales_channel_id, s.default_region_id as region_id,
  (select c.currency_code from store_currency c
   where c.store_id = s.id and c.is_default and c.deleted_at is null limit 1) as currency_code
from store s where s.deleted_at is null order by s.created_at, s.id`

/** The oldest first. */
export function readStores(sql: Sql): Promise<StoreDefaults[]> {
  return sql.query(STORES)
}

/** The resources that tell where they were sold. */
export type SoldType = "order" | "cart" | "customer"

// A customer belongs to no sales channel: the latest order tells where they shop.
const SALES: Record<SoldType, string> = {
  order: `select id, sales_channel_id, region_id, currency_code, locale from "order" where id = any($1)`,
  cart: `select id, sales_channel_id, region_id, currency_code, locale from cart where id = any($1)`,
  customer: `select distinct on (customer_id) customer_id as id, sales_channel_id, region_id, currency_code, locale
    from "order" where customer_id = any($1) and deleted_at is null order by customer_id, created_at desc`,
}

export type Sale = { id: string } & {
  [K in "sales_channel_id" | "region_id" | "currency_code" | "locale"]: StoreContext[K] | null
}

/** What is known of each; those that are gone are left out. */
export function readSales(sql: Sql, type: SoldType, ids: readonly string[]): Promise<Sale[]> {
  return sql.query(SALES[type], [ids])
}

export function isSoldType(type: string): type is SoldType {
  return Object.hasOwn(SALES, type)
}
