/** The dashboard's page of the thing that a job is about. */

const PAGES: Record<string, string> = {
  campaign: "/campaigns",
  customer: "/customers",
  customer_group: "/customer-groups",
  draft_order: "/draft-orders",
  inventory_item: "/inventory",
  order: "/orders",
  price_list: "/price-lists",
  product: "/products",
  product_category: "/categories",
  product_collection: "/collections",
  promotion: "/promotions",
  region: "/settings/regions",
  sales_channel: "/settings/sales-channels",
  stock_location: "/settings/locations",
}

/** Undefined when the dashboard has no such page. */
export function resourcePage(type: string, id: string): string | undefined {
  const page = Object.hasOwn(PAGES, type) ? PAGES[type] : undefined
  return page && `${page}/${encodeURIComponent(id)}`
}
