/**
 * Perform: the third step. Runs the job's code in its store context and says what came of it. Whatever the job
 * does, there is one settlement. Nothing is awaited that is known already: at 50,000 jobs a second each promise costs.
 */
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { unfinishedTransaction } from "../errors/transaction"
import type { AbstractJob } from "../job/abstract-job"
import type { JobContext } from "../job/context"
import type { JsonValue } from "../job/json"
import { isOutcome } from "../job/outcome"
import { recordThrown } from "../job/thrown"
import type { Conclusion, Settlement } from "../table/settle"
import { conclude, concludeFault, concludeThrown, concludeUnperformable } from "./conclude"
import { asCurrentJob } from "./current-job"
import { hideInConclusion, hiderOf, hidingLogger } from "./hide-secrets"
import { describeJob, jobContext } from "./job-context"
import { JobTransaction, type TransactionDependencies } from "./job-transaction"
import { logOutcome } from "./log-outcome"
import { prepare, SystemFault, Unperformable, type Prepared, type PrepareDependencies } from "./prepare"
import type { Run, Work } from "./run"

export interface PerformDependencies extends PrepareDependencies, TransactionDependencies {
  /** `host:pid`, kept with each failed attempt. */
  worker: string
  /** The largest result in bytes of JSON. */
  maxResultBytes: number
}

/** Told once: the settlement to be written, or undefined when the job's own transaction has written it. */
type OnEnd = (settlement: Settlement | undefined) => void

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
class Performing implements Work {
  readonly #run: Run
  readonly #deps: PerformDependencies
  readonly #onEnd: OnEnd
  #prepared: Prepared | undefined
  #transaction: JobTransaction | undefined

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
    const hide = hiderOf(instance)
    const logger = hide ? hidingLogger(this.#deps.logger, hide) : this.#deps.logger
    const context = jobContext(this.#run, store, logger, this)
    return asCurrentJob(this.#run.claimed, callPerform, instance, context)
  }

  runTransaction<T extends JsonValue | void>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    this.#transaction ??= new JobTransaction(this.#run, this.#deps, (value) =>
      concludeInTransaction(this.#run, value, this.#deps)
    )
    return this.#transaction.run(work)
  }

  returned(value: unknown): void {
    if (this.#transaction?.isCommitted) {
      this.#onEnd(undefined)
    } else {
      this.#end(concludeReturned(this.#run, value, this.#deps))
    }
  }

  thrown(reason: unknown): void {
    if (this.#transaction?.isCommitted) {
      const said = `${describeJob(this.#run.claimed)}: it threw after its transaction was committed, and stays completed`
      const { message } = recordThrown(reason)
      this.#deps.logger.warn(
        `${said}: ${hiderOf((this.#prepared as Prepared).instance)?.(message) ?? message}`
      )
      this.#onEnd(undefined)
    } else {
      this.#end(concludeThrown(this.#run, reason))
    }
  }

  refuse(reason: unknown): void {
    this.#end(concludeUnbegun(this.#run, reason))
  }

  #end(told: Conclusion): void {
    const hide = this.#prepared && (told.error || told.reason) ? hiderOf(this.#prepared.instance) : undefined
    const conclusion = hide ? hideInConclusion(told, hide) : told
    const { id, claim, keep, attempt } = this.#run.claimed
    logOutcome(this.#run, conclusion, this.#deps.logger)
    this.#onEnd({ id, claim, keep, attempt, worker: this.#deps.worker, conclusion })
  }
}

function callPerform(instance: AbstractJob<unknown>, context: JobContext): unknown {
  return instance.perform(context)
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
