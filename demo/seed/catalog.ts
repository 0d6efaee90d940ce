/** A few products, sold in both sales channels, in both currencies, without stock keeping. */
import type { MedusaContainer } from "@medusajs/framework/types"
import { Modules, ProductStatus } from "@medusajs/framework/utils"
import { createProductsWorkflow } from "@medusajs/medusa/core-flows"
import { SHOPS } from "./shops"

const PRODUCTS = [
  { title: "Demo Coffee", handle: "demo-coffee", sku: "DEMO-COFFEE", price: 12 },
  { title: "Demo Mug", handle: "demo-mug", sku: "DEMO-MUG", price: 9 },
  { title: "Demo Grinder", handle: "demo-grinder", sku: "DEMO-GRINDER", price: 79 },
]

/** @returns the ids of the variants, one of each product */
export async function seedCatalog(
  container: MedusaContainer,
  salesChannelIds: string[],
  shippingProfileId: string
): Promise<string[]> {
  const products = container.resolve(Modules.PRODUCT)
  const present = await products.listProducts({ handle: PRODUCTS.map(({ handle }) => handle) })
  const missing = PRODUCTS.filter(({ handle }) => !present.some((product) => product.handle === handle))
  if (missing.length > 0) {
    await createProductsWorkflow(container).run({
      input: {
        products: missing.map((product) => productInput(product, salesChannelIds, shippingProfileId)),
      },
    })
  }
  const variants = await products.listProductVariants({ sku: PRODUCTS.map(({ sku }) => sku) })
  return variants.map(({ id }) => id)
}

function productInput(
  { title, handle, sku, price }: (typeof PRODUCTS)[number],
  salesChannelIds: string[],
  shippingProfileId: string
) {
  return {
    title,
    handle,
    status: ProductStatus.PUBLISHED,
    shipping_profile_id: shippingProfileId,
    sales_channels: salesChannelIds.map((id) => ({ id })),
    options: [{ title: "Size", values: ["One size"] }],
    variants: [
      {
        title: "One size",
        sku,
        manage_inventory: false,
        options: { Size: "One size" },
        prices: SHOPS.map(({ currency }) => ({ currency_code: currency, amount: price })),
      },
    ],
  }
}
