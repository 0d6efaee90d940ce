/** What hooks after an attempt are given: the job as it was written, in the surroundings that it was performed in. */
import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import type { HookContext } from "../job/hook-context"
import type { Job } from "../job/job"
import type { Store, StoreContext } from "../job/store-context"

interface Surroundings {
  /** Made at first use. */
  readonly container: MedusaContainer
  readonly store: Store | null
  readonly logger: Logger
}

export class AfterContext implements HookContext {
  readonly job: Job
  readonly attempt: number
  readonly #surroundings: Surroundings

  constructor(job: Job, attempt: number, surroundings: Surroundings) {
    this.job = job
    this.attempt = attempt
    this.#surroundings = surroundings
  }

  get container(): MedusaContainer {
    return this.#surroundings.container
  }

  get store(): Store | null {
    return this.#surroundings.store
  }

  get context(): StoreContext {
    return this.job.context
  }

  get logger(): Logger {
    return this.#surroundings.logger
  }

  get maxAttempts(): number {
    return this.job.max_attempts
  }
}
