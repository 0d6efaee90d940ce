/** The composition root. Nothing here connects or starts: loaders also run during migrations. */
import { asValue } from "@medusajs/framework/awilix"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { LoaderOptions, Logger } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { ENGINE, makeEngine } from "../composition/engine"

export default function compose({ container, options, logger: given }: LoaderOptions): Promise<void> {
  const logger =
    container.resolve<Logger>(ContainerRegistrationKeys.LOGGER, { allowUnregistered: true }) ?? given
  const application = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  container.register(ENGINE, asValue(makeEngine(options ?? {}, application, logger)))
  return Promise.resolve()
}
