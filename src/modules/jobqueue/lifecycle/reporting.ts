/** What a job tells of itself: `progress`, `log`, `touch` and `lastProgress` of its context. Made for the jobs that use it. */
import type { QueueBackend } from "../backend/contract"
import { invalidProgress } from "../errors/perform"
import type { JobContext } from "../job/context"
import { toMilliseconds } from "../job/duration"
import type { Reporter } from "./report"
import type { Run } from "./run"

export interface ReportingDependencies {
  backend: QueueBackend
  reporter: Reporter
}

/** Arrow functions, so that each may be taken out of the context. */
export class Reporting {
  readonly #run: Run
  readonly #deps: ReportingDependencies

  constructor(run: Run, deps: ReportingDependencies) {
    this.#run = run
    this.#deps = deps
  }

  /** @throws MedusaError for what is no number: the job's own mistake */
  readonly progress: JobContext["progress"] = (done, total, note) => {
    if (!Number.isFinite(done) || (total !== undefined && !Number.isFinite(total))) {
      throw invalidProgress(this.#run.claimed.identifier, done, total)
    }
    const report = this.#deps.reporter.of(this.#run)
    report.setProgress(done, total, note)
    return this.#deps.reporter.changed(report)
  }

  readonly log: JobContext["log"] = (message, data) => {
    const report = this.#deps.reporter.of(this.#run)
    report.addLine(message, data)
    return this.#deps.reporter.changed(report)
  }

  readonly touch: JobContext["touch"] = (extend) => {
    const milliseconds = extend === undefined ? this.#run.claimed.timeout : toMilliseconds(extend)
    this.#run.extend(milliseconds)
    return this.#deps.reporter.changed(this.#deps.reporter.of(this.#run))
  }

  readonly lastProgress: JobContext["lastProgress"] = async () => {
    await this.#deps.reporter.flush(this.#deps.reporter.of(this.#run))
    return this.#deps.backend.progressOf(this.#run.claimed.id)
  }
}
