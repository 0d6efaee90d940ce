/** A shop with two stores, and customers who order in them: over the Store API, as a storefront does. */
import type { MedusaContainer } from "@medusajs/framework/types"
import { seedCatalog } from "../../demo/seed/catalog"
import { seedDelivery } from "../../demo/seed/delivery"
import { seedShop, type Shop } from "../../demo/seed/shop"
import { SHOPS } from "../../demo/seed/shops"

interface Http {
  post: (path: string, body: unknown, config?: object) => Promise<{ data: Record<string, never> }>
}

export interface TestShop {
  /** Europe and US. */
  stores: [Shop, Shop]
  /** Places an order in one of the stores; answers its id. */
  order: (store: Shop, email?: string) => Promise<string>
}

export async function openShop(container: MedusaContainer, http: Http): Promise<TestShop> {
  const stores = [await seedShop(container, SHOPS[0]), await seedShop(container, SHOPS[1])] as [Shop, Shop]
  const channels = stores.map(({ sales_channel_id }) => sales_channel_id)
  const { shippingOptionId, shippingProfileId } = await seedDelivery(container, channels)
  const [variant] = await seedCatalog(container, channels, shippingProfileId)

  async function order(store: Shop, email = "customer@test.local"): Promise<string> {
    const config = { headers: { "x-publishable-api-key": store.publishable_key } }
    const post = async <T>(path: string, body: object) =>
      (await http.post(`/store/${path}`, body, config)).data as T
    const address = {
      first_name: "A",
      last_name: "B",
      address_1: "C 1",
      city: "D",
      postal_code: "1",
      country_code: store.country,
    }
    const { cart } = await post<{ cart: { id: string } }>("carts", {
      email,
      region_id: store.region_id,
      items: [{ variant_id: variant, quantity: 1 }],
      shipping_address: address,
      billing_address: address,
    })
    await post(`carts/${cart.id}/shipping-methods`, { option_id: shippingOptionId })
    const { payment_collection: payment } = await post<{ payment_collection: { id: string } }>(
      "payment-collections",
      {
        cart_id: cart.id,
      }
    )
    await post(`payment-collections/${payment.id}/payment-sessions`, { provider_id: "pp_system_default" })
    const { order: placed } = await post<{ order: { id: string } }>(`carts/${cart.id}/complete`, {})
    return placed.id
  }
  return { stores, order }
}
