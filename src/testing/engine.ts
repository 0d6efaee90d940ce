/** The engine behind the service that a container resolves, for what only tests may do. */
import type { MedusaContainer } from "@medusajs/framework/types"
import { JOBQUEUE } from "../modules/jobqueue/constants"
import { noModule } from "./errors"
import type { Engine } from "../modules/jobqueue/composition/engine"

/** Any container that resolves the module, or the service itself as a module test gets it. */
export type Testable = Pick<MedusaContainer, "resolve"> | object

export function engineOf(given: Testable): Engine {
  // The service is asked for first: it has a verb `resolve` too.
  const engine =
    engineIn(given) ?? (hasResolve(given) ? engineIn(given.resolve<object>(JOBQUEUE)) : undefined)
  if (!engine) {
    throw noModule()
  }
  return engine
}

function engineIn(service: object): Engine | undefined {
  return (service as { engine_?: Engine }).engine_
}

function hasResolve(given: object): given is Pick<MedusaContainer, "resolve"> {
  return typeof (given as Partial<MedusaContainer>).resolve === "function"
}
