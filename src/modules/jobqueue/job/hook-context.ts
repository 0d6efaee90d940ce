/** What the hooks after an attempt are given. What was written can't be changed by them, so it is less than `perform` gets. */
import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import type { Job } from "./job"
import type { Store, StoreContext } from "./store-context"

export interface HookContext {
  /** The application's container, in the scope of the job: `currentStore` resolves to `store`. */
  readonly container: MedusaContainer
  readonly store: Store | null
  /** Sales channel, locale, actor, event … of the moment when the job was enqueued. */
  readonly context: StoreContext
  /** Medusa's logger; each line names the job. */
  readonly logger: Logger
  /** The attempt that ended; the number of attempts so far when the job ended without one. */
  readonly attempt: number
  readonly maxAttempts: number
  /** The job with the outcome that was written: `state`, `attempts`, `reason` and `result` are new. */
  readonly job: Job
}
