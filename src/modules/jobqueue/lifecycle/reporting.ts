/** What a job says of itself: `progress`, `log`, `touch` and `lastProgress` of its context. Made for jobs that use them. */
import type { Logger } from "@medusajs/framework/types"
import { invalidProgress } from "../errors/report"
import type { JobContext } from "../job/context"
import { toMilliseconds } from "../job/duration"
import { describeJob } from "./job-context"
import type { Reporter } from "./report"
import type { Run } from "./run"
import type { RunReport } from "./run-report"

export interface ReportingDependencies {
  reporter: Reporter
  logger: Logger
}

/** Arrow functions, so that each may be taken out of the context. */
export class Reporting {
  readonly #run: Run
  readonly #deps: ReportingDependencies
  readonly #report: RunReport

  constructor(run: Run, deps: ReportingDependencies) {
    this.#run = run
    this.#deps = deps
    this.#report = deps.reporter.of(run)
  }

  readonly progress: JobContext["progress"] = (done, total, note) =>
    this.#say(() => {
      if (!Number.isFinite(done) || (total !== undefined && !Number.isFinite(total))) {
        throw invalidProgress(this.#run.claimed.identifier, done, total)
      }
      this.#report.setProgress(done, total, note)
    })

  readonly log: JobContext["log"] = (message, data) => this.#say(() => this.#report.addLine(message, data))

  readonly touch: JobContext["touch"] = (extend) =>
    this.#say(() => {
      this.#run.extend(extend === undefined ? (this.#run.claimed.timeout ?? 0) : toMilliseconds(extend))
    })

  readonly lastProgress: JobContext["lastProgress"] = () => this.#deps.reporter.progressOf(this.#report)

  /** Never throws: a report that is wrong is in the log, and rejects for whoever awaits it. */
  #say(work: () => void): Promise<void> {
    try {
      work()
    } catch (error) {
      this.#deps.logger.warn(`${describeJob(this.#run.claimed)}: ${(error as Error).message}`)
      return handled(Promise.reject(error))
    }
    return handled(this.#deps.reporter.changed(this.#report))
  }
}

/** Nobody needs to look at it. */
function handled(promise: Promise<void>): Promise<void> {
  promise.catch(() => undefined)
  return promise
}
