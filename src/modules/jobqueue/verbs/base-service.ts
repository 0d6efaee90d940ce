/** What all verbs of the service stand on: the engine that the loaders composed. */
import { MedusaService } from "@medusajs/framework/utils"
import { ENGINE, type Engine } from "../composition/engine"
import { JobqueueJob } from "../models/job"
import { hideSecretsOf, type Secrets } from "./shown-jobs"

export interface Cradle {
  [ENGINE]: Engine
}

const Generated = class extends MedusaService({ JobqueueJob }) {}

hideSecretsOf(Generated.prototype, (service) => (service as BaseService).secrets_())

export class BaseService extends Generated {
  /** Not a #private field: Medusa hands out the service behind proxies. */
  protected readonly engine_: Engine

  constructor(cradle: Cradle, ...rest: unknown[]) {
    super(cradle, ...rest)
    this.engine_ = cradle[ENGINE]
  }

  /** Tells what is hidden in the jobs of an identifier. */
  secrets_(): Promise<Secrets> {
    return this.engine_.catalog.secrets()
  }
}
