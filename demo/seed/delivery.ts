/** What Medusa needs to ship an order: a stock location, a zone with both countries, one shipping option. */
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import {
  createLocationFulfillmentSetWorkflow,
  createServiceZonesWorkflow,
  createShippingOptionsWorkflow,
  createShippingProfilesWorkflow,
  createStockLocationsWorkflow,
  linkSalesChannelsToStockLocationWorkflow,
} from "@medusajs/medusa/core-flows"
import { SHOPS } from "./shops"

const LOCATION = "Demo Warehouse"
const SHIPPING_OPTION = "Demo Parcel"
const PRICE = 5

interface Delivery {
  shippingOptionId: string
  shippingProfileId: string
}

export async function seedDelivery(container: MedusaContainer, salesChannelIds: string[]): Promise<Delivery> {
  const fulfillment = container.resolve(Modules.FULFILLMENT)
  const [present] = await fulfillment.listShippingOptions({ name: SHIPPING_OPTION })
  if (present) {
    return { shippingOptionId: present.id, shippingProfileId: present.shipping_profile_id }
  }
  const locationId = await createLocation(container, salesChannelIds)
  const zoneId = await createZone(container, locationId)
  const shippingProfileId = await seedProfile(container)
  return { shippingProfileId, shippingOptionId: await createOption(container, zoneId, shippingProfileId) }
}

async function createLocation(container: MedusaContainer, salesChannelIds: string[]): Promise<string> {
  const { result } = await createStockLocationsWorkflow(container).run({
    input: {
      locations: [
        { name: LOCATION, address: { address_1: "Harbour 1", city: "Hamburg", country_code: "de" } },
      ],
    },
  })
  const { id } = result[0]
  await container.resolve(ContainerRegistrationKeys.LINK).create({
    [Modules.STOCK_LOCATION]: { stock_location_id: id },
    [Modules.FULFILLMENT]: { fulfillment_provider_id: "manual_manual" },
  })
  await linkSalesChannelsToStockLocationWorkflow(container).run({ input: { id, add: salesChannelIds } })
  return id
}

async function createZone(container: MedusaContainer, locationId: string): Promise<string> {
  const fulfillment = container.resolve(Modules.FULFILLMENT)
  const name = `${LOCATION} ${locationId}`
  await createLocationFulfillmentSetWorkflow(container).run({
    input: { location_id: locationId, fulfillment_set_data: { name, type: "shipping" } },
  })
  const [set] = await fulfillment.listFulfillmentSets({ name })
  const { result } = await createServiceZonesWorkflow(container).run({
    input: {
      data: [
        {
          name,
          fulfillment_set_id: set.id,
          geo_zones: SHOPS.map(({ country }) => ({ country_code: country, type: "country" as const })),
        },
      ],
    },
  })
  return result[0].id
}

async function seedProfile(container: MedusaContainer): Promise<string> {
  const [present] = await container.resolve(Modules.FULFILLMENT).listShippingProfiles({ type: "default" })
  if (present) {
    return present.id
  }
  const { result } = await createShippingProfilesWorkflow(container).run({
    input: { data: [{ name: "Demo Shipping Profile", type: "default" }] },
  })
  return result[0].id
}

async function createOption(container: MedusaContainer, zoneId: string, profileId: string): Promise<string> {
  const { result } = await createShippingOptionsWorkflow(container).run({
    input: [
      {
        name: SHIPPING_OPTION,
        price_type: "flat",
        provider_id: "manual_manual",
        service_zone_id: zoneId,
        shipping_profile_id: profileId,
        type: { label: "Parcel", description: "Two days.", code: "parcel" },
        prices: SHOPS.map(({ currency }) => ({ currency_code: currency, amount: PRICE })),
        rules: [
          { attribute: "enabled_in_store", operator: "eq", value: "true" },
          { attribute: "is_return", operator: "eq", value: "false" },
        ],
      },
    ],
  })
  return result[0].id
}
