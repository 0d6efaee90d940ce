/**
 * Perform: the third step. Runs the job's code in its store context and says what came of it. Whatever the job
 * does, there is one settlement. Nothing is awaited that is known already: at 50,000 jobs a second each promise costs.
 */
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { AbstractJob } from "../job/abstract-job"
import type { JobContext } from "../job/context"
import type { Job } from "../job/job"
import type { JsonValue } from "../job/json"
import { recordThrown } from "../job/thrown"
import type { Conclusion, Settlement } from "../table/settle"
import { concludeReturned, concludeStray, concludeThrown } from "./conclude"
import { concludeInTransaction, concludeUnbegun } from "./conclude-special"
import { asCurrentJob, type StrayKind } from "./current-job"
import { describeJob, jobContext } from "./job-context"
import { JobTransaction, type TransactionDependencies } from "./job-transaction"
import { logOutcome, logStray } from "./log-outcome"
import { prepare, type Prepared, type PrepareDependencies } from "./prepare"
import type { Run, Work } from "./run"

export interface PerformDependencies extends PrepareDependencies, TransactionDependencies {
  /** `host:pid`, kept with each failed attempt. */
  worker: string
  /** The largest result in bytes of JSON. */
  maxResultBytes: number
  /** `true`: whoever called has the outcome, so it is not logged. Default `false`. */
  isQuiet?: boolean
}

/** What the job threw, or why it could not begin. */
export interface Thrown {
  reason: unknown
}

/** Told once: the settlement to be written, or undefined when the job's own transaction has written it. */
type OnEnd = (settlement: Settlement | undefined, thrown?: Thrown) => void

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
  /** What went astray first, in a strict job. */
  #stray: Thrown | undefined
  #hasEnded = false

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
    const context = jobContext(this.#run, store, this.#deps.logger, this)
    return asCurrentJob(this, callPerform, instance, context)
  }

  get job(): Job {
    return this.#run.claimed.job
  }

  /** Counts until the outcome is decided; after that it is only logged. */
  onStray(kind: StrayKind, reason: unknown): void {
    const fails = this.#isStrict && !this.#isDecided
    if (fails) {
      this.#stray ??= { reason }
      this.#run.abort("strict")
    }
    if (kind === "rejection" || this.#isStrict) {
      logStray(this.#run, { kind, reason, fails }, this.#deps.logger)
    }
  }

  runTransaction<T extends JsonValue | void>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    this.#transaction ??= new JobTransaction(this.#run, this.#deps, (value) => {
      if (this.#stray) {
        throw this.#stray.reason
      }
      return concludeInTransaction(this.#run, value, this.#deps)
    })
    return this.#transaction.run(this.#isStrict ? (trx) => work(trx).finally(turn) : work)
  }

  /** A strict job's end waits until all is known that went astray in the same turn of the event loop. */
  returned(value: unknown): void {
    if (this.#isStrict) {
      setImmediate(() => this.#returned(value))
    } else {
      this.#returned(value)
    }
  }

  thrown(reason: unknown): void {
    if (this.#isStrict) {
      setImmediate(() => this.#thrown(reason))
    } else {
      this.#thrown(reason)
    }
  }

  refuse(reason: unknown): void {
    this.#end(concludeUnbegun(this.#run, reason), { reason })
  }

  get #isStrict(): boolean {
    return this.#prepared?.isStrict ?? false
  }

  get #isDecided(): boolean {
    return this.#hasEnded || this.#transaction?.isCommitted === true
  }

  #returned(value: unknown): void {
    if (this.#isDecided) {
      this.#endCommitted()
    } else if (this.#stray) {
      this.#end(concludeStray(this.#run, this.#stray.reason), this.#stray)
    } else {
      this.#end(concludeReturned(this.#run, value, this.#deps))
    }
  }

  #thrown(reason: unknown): void {
    if (this.#isDecided) {
      const said = `${describeJob(this.#run.claimed)}: it threw after its transaction was committed, and stays completed`
      this.#deps.logger.warn(`${said}: ${recordThrown(reason).message}`)
      this.#endCommitted()
    } else if (this.#stray) {
      this.#end(concludeStray(this.#run, this.#stray.reason), this.#stray)
    } else {
      this.#end(concludeThrown(this.#run, reason), { reason })
    }
  }

  #endCommitted(): void {
    this.#hasEnded = true
    this.#onEnd(undefined)
  }

  #end(conclusion: Conclusion, thrown?: Thrown): void {
    const { id, claim, keep, attempt } = this.#run.claimed
    this.#hasEnded = true
    if (!this.#deps.isQuiet) {
      logOutcome(this.#run, conclusion, this.#deps.logger)
    }
    this.#onEnd({ id, claim, keep, attempt, worker: this.#deps.worker, conclusion }, thrown)
  }
}

/** Resolves in the next turn of the event loop: what was rejected in this one, and not handled, is known then. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function callPerform(instance: AbstractJob<unknown>, context: JobContext): unknown {
  return instance.perform(context)
}
