/** The stores as a job sees them: what `query.graph` says of each. */
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import type { Store } from "../job/store-context"
import { applicationContainer } from "./application"

const FIELDS = [
  "id",
  "name",
  "default_sales_channel_id",
  "default_region_id",
  "default_location_id",
  "metadata",
  "supported_currencies.currency_code",
  "supported_currencies.is_default",
  "supported_locales.locale_code",
]

export async function queryStores(): Promise<readonly Store[]> {
  const query = applicationContainer().resolve(ContainerRegistrationKeys.QUERY)
  const { data } = await query.graph({ entity: "store", fields: FIELDS })
  return data
}
