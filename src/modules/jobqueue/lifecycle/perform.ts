/**
 * Perform: the third step. Runs the job's code in its store context and says what came of it. Whatever the job
 * does, there is one settlement. Nothing is awaited that is known already: at 50,000 jobs a second each promise costs.
 */
import type { AbstractJob } from "../job/abstract-job"
import type { JobContext } from "../job/context"
import type { Job } from "../job/job"
import { recordThrown } from "../job/thrown"
import type { Conclusion, Settlement } from "../table/settle"
import { concludeReturned, concludeStray, concludeThrown } from "./conclude"
import { concludeInTransaction, concludeUnbegun } from "./conclude-special"
import { asCurrentJob, type StrayKind } from "./current-job"
import { hideInConclusion, hiderOf, hidingLogger, type Hide } from "./hide-secrets"
import { wishesOf } from "./hooks"
import { describeJob, jobContext } from "./job-context"
import { JobTools } from "./job-tools"
import { logOutcome, logStray } from "./log-outcome"
import type { OnEnd, PerformDependencies, Thrown } from "./perform-dependencies"
import { prepare, type Prepared } from "./prepare"
import type { Run, Work } from "./run"
import { performSurrounded } from "./surround"

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
  #tools: JobTools | undefined
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
    const run = this.#run
    const hide = this.#hide
    const logger = hide ? hidingLogger(this.#deps.logger, hide) : this.#deps.logger
    const context = jobContext(run, store, logger, this)
    const wishes = wishesOf(instance)
    run.watched = wishes && { instance, context, wishes, thrown: undefined }
    if (wishes?.hasStart || this.#deps.middlewares.hasPerform) {
      return asCurrentJob(this, performSurrounded, instance, context, run, this.#deps)
    }
    return asCurrentJob(this, callPerform, instance, context)
  }

  get job(): Job {
    return this.#run.claimed.job
  }

  get tools(): JobTools {
    return (this.#tools ??= new JobTools(this.#run, this.#deps, this))
  }

  get isStrict(): boolean {
    return this.#prepared?.isStrict ?? false
  }

  /** Counts until the outcome is decided; after that it is only logged. */
  onStray(kind: StrayKind, reason: unknown): void {
    const fails = this.isStrict && !this.#isDecided
    if (fails) {
      this.#stray ??= { reason }
      this.#run.abort("strict")
    }
    if (kind === "rejection" || this.isStrict) {
      logStray(this.#run, { kind, reason, fails }, this.#deps.logger)
    }
  }

  concludeInTransaction(value: unknown): Conclusion {
    if (this.#stray) {
      throw this.#stray.reason
    }
    return concludeInTransaction(this.#run, value, this.#deps)
  }

  /** A strict job's end waits until all is known that went astray in the same turn of the event loop. */
  returned(value: unknown): void {
    if (this.isStrict) {
      setImmediate(() => this.#returned(value))
    } else {
      this.#returned(value)
    }
  }

  thrown(reason: unknown): void {
    if (this.isStrict) {
      setImmediate(() => this.#thrown(reason))
    } else {
      this.#thrown(reason)
    }
  }

  refuse(reason: unknown): void {
    this.#end(concludeUnbegun(this.#run, reason), { reason })
  }

  get #isDecided(): boolean {
    return this.#hasEnded || this.#tools?.committed !== undefined
  }

  #returned(value: unknown): void {
    const committed = this.#tools?.committed
    if (committed) {
      this.#endCommitted(committed)
    } else if (this.#stray) {
      this.#end(concludeStray(this.#run, this.#stray.reason), this.#stray)
    } else {
      this.#end(concludeReturned(this.#run, value, this.#deps))
    }
  }

  #thrown(reason: unknown): void {
    const committed = this.#tools?.committed
    if (committed) {
      const said = `${describeJob(this.#run.claimed)}: it threw after its transaction was committed, and stays completed`
      const { message } = recordThrown(reason)
      this.#deps.logger.warn(`${said}: ${this.#hide?.(message) ?? message}`)
      this.#endCommitted(committed)
    } else if (this.#stray) {
      this.#end(concludeStray(this.#run, this.#stray.reason), this.#stray)
    } else {
      this.#end(concludeThrown(this.#run, reason), { reason })
    }
  }

  #endCommitted(committed: Settlement): void {
    this.#hasEnded = true
    this.#onEnd(committed, true)
  }

  /** For a class that hides what is secret: texts without it. */
  get #hide(): Hide | undefined {
    return this.#prepared && hiderOf(this.#prepared.instance)
  }

  #end(told: Conclusion, thrown?: Thrown): void {
    const hide = told.error || told.reason ? this.#hide : undefined
    const conclusion = hide ? hideInConclusion(told, hide) : told
    const { id, claim, keep, attempt } = this.#run.claimed
    const { worker, reporter, isQuiet, logger } = this.#deps
    this.#hasEnded = true
    if (this.#run.watched && thrown) {
      this.#run.watched.thrown = thrown.reason // for the hooks, which get the error itself
    }
    if (!isQuiet) {
      logOutcome(this.#run, conclusion, logger)
    }
    const mayHaveReported = reporter.mayHaveReported(this.#run)
    this.#onEnd({ id, claim, keep, attempt, worker, mayHaveReported, conclusion }, false, thrown)
  }
}

function callPerform(instance: AbstractJob<unknown>, context: JobContext): unknown {
  return instance.perform(context)
}
