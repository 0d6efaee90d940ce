/**
 * Fills the demo shop: two stores with a sales channel, a region and a publishable key each, one catalog, one
 * admin user. Everything is looked for first, so that it may run again and on data that was changed by hand.
 * Run by `medusa exec`; leaves what the runner needs to place orders in `demo.state`.
 */
import type { ExecArgs } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { seedAdmin } from "./seed/admin"
import { seedCatalog } from "./seed/catalog"
import { seedDelivery } from "./seed/delivery"
import { SHOPS } from "./seed/shops"
import { seedShop } from "./seed/shop"

export default async function seed({ container }: ExecArgs): Promise<void> {
  const logger = container.resolve(ContainerRegistrationKeys.LOGGER)
  await seedAdmin(container)
  const shops = []
  for (const plan of SHOPS) {
    shops.push(await seedShop(container, plan))
  }
  const salesChannelIds = shops.map((shop) => shop.sales_channel_id)
  const { shippingOptionId, shippingProfileId } = await seedDelivery(container, salesChannelIds)
  const variantIds = await seedCatalog(container, salesChannelIds, shippingProfileId)

  const facts = { shops, variant_ids: variantIds, shipping_option_id: shippingOptionId }
  await container.resolve(ContainerRegistrationKeys.PG_CONNECTION).raw(
    `insert into demo.state (key, value) values ('shop', ?)
       on conflict (key) do update set value = excluded.value`,
    [JSON.stringify(facts)]
  )
  logger.info(`Seeded ${shops.map((shop) => shop.name).join(" and ")}`)
}
