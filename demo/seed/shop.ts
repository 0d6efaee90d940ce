/** One store with what belongs to it: its sales channel, its region with tax, its publishable key. */
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import {
  createApiKeysWorkflow,
  createRegionsWorkflow,
  createSalesChannelsWorkflow,
  createStoresWorkflow,
  createTaxRegionsWorkflow,
  linkSalesChannelsToApiKeyWorkflow,
  updateStoresWorkflow,
} from "@medusajs/medusa/core-flows"
import type { ShopPlan } from "./shops"

/** The store that Medusa makes at its first boot becomes the demo's first one. */
const MEDUSAS_OWN_STORE = "Medusa Store"

export interface Shop {
  name: string
  store_id: string
  sales_channel_id: string
  region_id: string
  country: string
  publishable_key: string
}

export async function seedShop(container: MedusaContainer, plan: ShopPlan): Promise<Shop> {
  const salesChannelId = await seedChannel(container, plan)
  const regionId = await seedRegion(container, plan)
  return {
    name: plan.name,
    store_id: await seedStore(container, plan, salesChannelId, regionId),
    sales_channel_id: salesChannelId,
    region_id: regionId,
    country: plan.country,
    publishable_key: await seedKey(container, plan, salesChannelId),
  }
}

async function seedChannel(container: MedusaContainer, { channel: name }: ShopPlan): Promise<string> {
  const [present] = await container.resolve(Modules.SALES_CHANNEL).listSalesChannels({ name })
  if (present) {
    return present.id
  }
  const { result } = await createSalesChannelsWorkflow(container).run({
    input: { salesChannelsData: [{ name }] },
  })
  return result[0].id
}

/** A country belongs to one region only, so the country is looked for, not the region's name. */
async function seedRegion(container: MedusaContainer, plan: ShopPlan): Promise<string> {
  const query = container.resolve(ContainerRegistrationKeys.QUERY)
  const { data: countries } = await query.graph({
    entity: "country",
    fields: ["region_id"],
    filters: { iso_2: plan.country },
  })
  const present = countries[0]?.region_id
  if (present) {
    return present
  }
  const { result } = await createRegionsWorkflow(container).run({
    input: {
      regions: [
        {
          name: plan.region,
          currency_code: plan.currency,
          countries: [plan.country],
          payment_providers: ["pp_system_default"],
        },
      ],
    },
  })
  await seedTax(container, plan)
  return result[0].id
}

async function seedTax(container: MedusaContainer, { country }: ShopPlan): Promise<void> {
  const present = await container.resolve(Modules.TAX).listTaxRegions({ country_code: country })
  if (present.length === 0) {
    await createTaxRegionsWorkflow(container).run({
      input: [{ country_code: country, provider_id: "tp_system" }],
    })
  }
}

async function seedStore(
  container: MedusaContainer,
  { name, currency }: ShopPlan,
  salesChannelId: string,
  regionId: string
): Promise<string> {
  const stores = await container.resolve(Modules.STORE).listStores({ name: [name, MEDUSAS_OWN_STORE] })
  const present = stores.find((store) => store.name === name) ?? stores[0]
  const store = {
    name,
    default_sales_channel_id: salesChannelId,
    default_region_id: regionId,
    supported_currencies: [{ currency_code: currency, is_default: true }],
  }
  if (present) {
    await updateStoresWorkflow(container).run({ input: { selector: { id: present.id }, update: store } })
    return present.id
  }
  const { result } = await createStoresWorkflow(container).run({ input: { stores: [store] } })
  return result[0].id
}

async function seedKey(
  container: MedusaContainer,
  { channel: title }: ShopPlan,
  salesChannelId: string
): Promise<string> {
  const [present] = await container.resolve(Modules.API_KEY).listApiKeys({ title, type: "publishable" })
  if (present && !present.revoked_at) {
    return present.token
  }
  const { result } = await createApiKeysWorkflow(container).run({
    input: { api_keys: [{ title, type: "publishable", created_by: "" }] },
  })
  await linkSalesChannelsToApiKeyWorkflow(container).run({
    input: { id: result[0].id, add: [salesChannelId] },
  })
  return result[0].token
}
