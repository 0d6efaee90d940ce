/** The two stores of the demo, as plain data. */

export interface ShopPlan {
  name: string
  channel: string
  region: string
  currency: string
  country: string
}

export const SHOPS: readonly ShopPlan[] = [
  { name: "Demo Store Europe", channel: "Demo Europe", region: "Europe", currency: "eur", country: "de" },
  { name: "Demo Store US", channel: "Demo US", region: "United States", currency: "usd", country: "us" },
]
