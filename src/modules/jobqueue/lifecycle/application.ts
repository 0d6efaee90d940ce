/**
 * The application's container. A module's own container is isolated, so a job's code gets this one; read
 * lazily, because it is filled only after the modules are made. The one file that imports it.
 */
import { container } from "@medusajs/framework"
import type { IEventBusModuleService, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"

export function applicationContainer(): MedusaContainer {
  return container
}

/** Asked for every job, and true for ever once it is. */
let isKnown = false

/** False in a module test, where only this module is booted. */
export function hasQuery(): boolean {
  isKnown ||= container.hasRegistration(ContainerRegistrationKeys.QUERY)
  return isKnown
}

/** Undefined in a module test. */
export function eventBus(): IEventBusModuleService | undefined {
  return container.resolve(Modules.EVENT_BUS, { allowUnregistered: true })
}
