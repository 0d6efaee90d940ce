/**
 * Perform: the third step. Runs the job's code in its store context and says what came of it. Whatever the job
 * does, there is one settlement. Nothing is awaited that is known already: at 50,000 jobs a second each promise costs.
 */
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { unfinishedTransaction } from "../errors/transaction"
import type { AbstractJob, PerformResult } from "../job/abstract-job"
import type { Callback, JobContext } from "../job/context"
import type { JsonValue } from "../job/json"
import { isOutcome } from "../job/outcome"
import { recordThrown } from "../job/thrown"
import type { Conclusion, Settlement } from "../table/settle"
import { openAddress, type AddressDependencies } from "./callback-address"
import { conclude, concludeFault, concludeThrown, concludeUnperformable } from "./conclude"
import { asCurrentJob } from "./current-job"
import { wishesOf } from "./hooks"
import { describeJob, jobContext, type ContextWork } from "./job-context"
import { JobTransaction, type TransactionDependencies } from "./job-transaction"
import { logOutcome } from "./log-outcome"
import type { Middlewares } from "./middlewares"
import { prepare, SystemFault, Unperformable, type Prepared, type PrepareDependencies } from "./prepare"
import { Reporting, type ReportingDependencies } from "./reporting"
import { JobAborted, type Run, type Work } from "./run"
import { safely, type SafetyLimits } from "./safely"

export interface PerformDependencies
  extends
    PrepareDependencies,
    TransactionDependencies,
    AddressDependencies,
    ReportingDependencies,
    SafetyLimits {
  middlewares: Middlewares
  /** `host:pid`, kept with each failed attempt. */
  worker: string
  /** The largest result in bytes of JSON. */
  maxResultBytes: number
}

/** Told once. `isWritten`: the job's own transaction has written the settlement. */
type OnEnd = (settlement: Settlement, isWritten: boolean) => void

/** Performs the run's job. */
export function perform(run: Run, deps: PerformDependencies, onEnd: OnEnd): void {
  const performing = new Performing(run, deps, onEnd)
  try {
    const prepared = prepare(run.claimed, deps)
    if (prepared instanceof Promise) {
      prepared.then(
        (ready) => performing.begin(ready),
        (reason: unknown) => performing.refuse(reason)
      )
    } else {
      performing.begin(prepared)
    }
  } catch (reason) {
    performing.refuse(reason)
  }
}

/** An object and no closures: there is one for each job. */
class Performing implements Work, ContextWork {
  readonly #run: Run
  readonly #deps: PerformDependencies
  readonly #onEnd: OnEnd
  #prepared: Prepared | undefined
  #transaction: JobTransaction | undefined
  #reporting: Reporting | undefined
  #callback: Promise<Callback> | undefined

  constructor(run: Run, deps: PerformDependencies, onEnd: OnEnd) {
    this.#run = run
    this.#deps = deps
    this.#onEnd = onEnd
  }

  begin(prepared: Prepared): void {
    this.#prepared = prepared
    this.#run.begin(this)
  }

  perform(): unknown {
    const { instance, store } = this.#prepared as Prepared
    const run = this.#run
    const context = jobContext(run, store, this.#deps.logger, this)
    const wishes = wishesOf(instance)
    run.watched = wishes && { instance, context, wishes, thrown: undefined }
    if (wishes?.hasStart || this.#deps.middlewares.hasPerform) {
      return asCurrentJob(run.claimed, callSurrounded, instance, context, run, this.#deps)
    }
    return asCurrentJob(run.claimed, callPerform, instance, context)
  }

  runTransaction<T extends JsonValue | void>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    this.#transaction ??= new JobTransaction(this.#run, this.#deps, (value) =>
      concludeInTransaction(this.#run, value, this.#deps)
    )
    return this.#transaction.run(work)
  }

  get reporting(): Reporting {
    return (this.#reporting ??= new Reporting(this.#run, this.#deps))
  }

  /** One address for all who ask; one that could not be written may be asked for again. */
  openCallback(): Promise<Callback> {
    this.#callback ??= openAddress(this.#run, this.#deps).catch((error: unknown) => {
      this.#callback = undefined
      throw error
    })
    return this.#callback
  }

  returned(value: unknown): void {
    const committed = this.#transaction?.committed
    if (committed) {
      this.#onEnd(committed, true)
    } else {
      this.#end(concludeReturned(this.#run, value, this.#deps))
    }
  }

  thrown(reason: unknown): void {
    const committed = this.#transaction?.committed
    if (committed) {
      const said = `${describeJob(this.#run.claimed)}: it threw after its transaction was committed, and stays completed`
      this.#deps.logger.warn(`${said}: ${recordThrown(reason).message}`)
      this.#onEnd(committed, true)
    } else {
      this.#noteThrown(reason)
      this.#end(concludeThrown(this.#run, reason))
    }
  }

  refuse(reason: unknown): void {
    this.#end(concludeUnbegun(this.#run, reason))
  }

  #end(conclusion: Conclusion): void {
    const { id, claim, keep, attempt } = this.#run.claimed
    logOutcome(this.#run, conclusion, this.#deps.logger)
    const { worker, reporter } = this.#deps
    const mayHaveReported = reporter.mayHaveReported(this.#run)
    this.#onEnd({ id, claim, keep, attempt, worker, mayHaveReported, conclusion }, false)
  }

  /** For the hooks, which get the error itself. */
  #noteThrown(reason: unknown): void {
    if (this.#run.watched) {
      this.#run.watched.thrown = reason
    }
  }
}

function callPerform(instance: AbstractJob<unknown>, context: JobContext): unknown {
  return instance.perform(context)
}

/** With what stands around it: the middleware, and inside of it the hook `onStart`. */
function callSurrounded(
  instance: AbstractJob<unknown>,
  context: JobContext,
  run: Run,
  deps: PerformDependencies
): Promise<PerformResult> {
  return deps.middlewares.perform(context, async () => {
    if ("onStart" in instance) {
      const what = `${describeJob(run.claimed)}: its hook onStart`
      await safely(what, deps, () => instance.onStart?.(context))
    }
    if (run.cause) {
      throw new JobAborted(run.cause) // meanwhile its time was over, or somebody stopped it
    }
    return instance.perform(context)
  })
}

/** An outcome with a wrong duration counts as the job's error. */
function concludeReturned(run: Run, value: unknown, deps: PerformDependencies): Conclusion {
  try {
    return conclude(run, value, deps)
  } catch (error) {
    return concludeThrown(run, error)
  }
}

function concludeInTransaction(run: Run, value: unknown, deps: PerformDependencies): Conclusion {
  if (isOutcome(value)) {
    throw unfinishedTransaction(run.claimed.identifier)
  }
  return conclude(run, value, deps)
}

function concludeUnbegun(run: Run, reason: unknown): Conclusion {
  if (reason instanceof Unperformable) {
    return concludeUnperformable(reason.message)
  }
  return reason instanceof SystemFault ? concludeFault(run, reason.cause) : concludeThrown(run, reason)
}
