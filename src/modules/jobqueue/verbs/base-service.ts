/** What all verbs of the service stand on: the engine that the loaders composed. */
import { MedusaService } from "@medusajs/framework/utils"
import { ENGINE, type Engine } from "../composition/engine"
import { JobqueueJob } from "../models/job"

export interface Cradle {
  [ENGINE]: Engine
}

export class BaseService extends MedusaService({ JobqueueJob }) {
  /** Not a #private field: Medusa hands out the service behind proxies. */
  protected readonly engine_: Engine

  constructor(cradle: Cradle, ...rest: unknown[]) {
    super(cradle, ...rest)
    this.engine_ = cradle[ENGINE]
  }
}
