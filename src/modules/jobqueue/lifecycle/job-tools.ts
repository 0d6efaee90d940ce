/** What few jobs ask their context for, and what that leaves behind. Made when it is asked for. */
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { Callback } from "../job/context"
import type { JsonValue } from "../job/json"
import type { Conclusion } from "../table/settle"
import type { ContextWork } from "./job-context"
import { JobTransaction, type TransactionDependencies } from "./job-transaction"
import { Reporting, type ReportingDependencies } from "./reporting"
import type { Run } from "./run"

export interface ToolDependencies extends TransactionDependencies, ReportingDependencies {
  /** Gives an attempt its callback address. */
  openAddress: (run: Run) => Promise<Callback>
}

/** Whose tools these are. */
interface Performing {
  readonly isStrict: boolean
  /** What the value that the job's transaction returned means for it. */
  concludeInTransaction: (value: unknown) => Conclusion
}

export class JobTools implements ContextWork {
  readonly #run: Run
  readonly #deps: ToolDependencies
  readonly #performing: Performing
  #transaction: JobTransaction | undefined
  #reporting: Reporting | undefined
  #callback: Promise<Callback> | undefined

  constructor(run: Run, deps: ToolDependencies, performing: Performing) {
    this.#run = run
    this.#deps = deps
    this.#performing = performing
  }

  /** The settlement that the job's own transaction has committed. */
  get committed() {
    return this.#transaction?.committed
  }

  runTransaction<T extends JsonValue | void>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    this.#transaction ??= new JobTransaction(this.#run, this.#deps, (value) =>
      this.#performing.concludeInTransaction(value)
    )
    return this.#transaction.run(this.#performing.isStrict ? (trx) => work(trx).finally(turn) : work)
  }

  get reporting(): Reporting {
    return (this.#reporting ??= new Reporting(this.#run, this.#deps))
  }

  /** One address for all who ask; one that could not be written may be asked for again. */
  openCallback(): Promise<Callback> {
    this.#callback ??= this.#deps.openAddress(this.#run).catch((error: unknown) => {
      this.#callback = undefined
      throw error
    })
    return this.#callback
  }
}

/** Resolves in the next turn of the event loop: what was rejected in this one, and not handled, is known then. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
