/**
 * The facade: `container.resolve("jobqueue")`. Each verb delegates in a few lines; the engine behind it is composed by
 * the loaders. The verbs stand in `verbs/`, one file for each kind, each adding to the one before.
 */
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import type { ConfigModule } from "@medusajs/framework/types"
import { applicationHooks, type ApplicationHooks } from "./application-hooks"
import type { Cradle } from "./verbs/base-service"
import { WorkVerbs } from "./verbs/work-verbs"

interface ApplicationCradle extends Cradle {
  /** In a module test it says nothing of the project. */
  [ContainerRegistrationKeys.CONFIG_MODULE]?: Partial<ConfigModule>
}

export default class JobQueueService extends WorkVerbs {
  readonly __hooks: ApplicationHooks

  constructor(cradle: ApplicationCradle, ...rest: unknown[]) {
    super(cradle, ...rest)
    this.__hooks = applicationHooks(
      this.engine_,
      () => cradle[ContainerRegistrationKeys.CONFIG_MODULE]?.projectConfig?.workerMode
    )
  }
}
