/**
 * Collects what the running jobs of a process say of themselves, and writes it for all of them together, once a second at
 * most; the last report of a run goes before its outcome. It never troubles a job: what can't be written is kept, the
 * newest of it, and sent again.
 */
import type { Logger } from "@medusajs/framework/types"
import type { QueueBackend } from "../backend/contract"
import { reportedTooLate } from "../errors/report"
import type { JobProgress } from "../job/report"
import type { ClaimedJob } from "../table/claimed-job"
import { describeJob } from "./job-context"
import { atMost } from "./pause"
import { JobAborted, type Run } from "./run"
import type { RunReport } from "./run-report"
import { RunReports } from "./run-reports"

const SPACING_MILLISECONDS = 1000
const LONGEST_RETRY_MILLISECONDS = 5000

/** What a last report may hold up: its settlement, which is worth more. */
const LAST_REPORT_MILLISECONDS = 2000
const LAST_REPORT_TRIES = 2

/** Log lines in one statement, give or take those of one run. */
const LINES_LIMIT = 5000
const RUNS_LIMIT = 500

type Backend = Pick<QueueBackend, "report" | "progressOf">

export class Reporter {
  readonly #backend: Backend
  readonly #logger: Logger
  readonly #reports = new RunReports()
  #sending: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined
  #next = -Infinity
  #failures = 0

  constructor(backend: Backend, logger: Logger) {
    this.#backend = backend
    this.#logger = logger
  }

  /** The report of a run, made when it says something for the first time. */
  of(run: Run): RunReport {
    return this.#reports.of(run)
  }

  /** Of a job that keeps nothing: whether there may be something to be forgotten with it. */
  mayHaveReported({ claimed }: Run): boolean {
    return !claimed.keep && (claimed.attempt > 1 || this.#reports.has(claimed))
  }

  /** Has what the run said written soon. Rejects when it never will be. */
  changed(report: RunReport): Promise<void> {
    if (this.#reports.isClosed(report)) {
      return Promise.reject(tooLate(report.run))
    }
    const written = report.changed()
    this.#reports.await(report)
    this.#schedule()
    return written
  }

  /** What the job said last: this run, or one before it. */
  async progressOf(report: RunReport): Promise<JobProgress | null> {
    await this.#writeWhole([report])
    return this.#backend.progressOf(report.run.claimed.id)
  }

  /** Before a run is completed in a transaction: what it says from then on waits until it is clear what became of that. */
  async hold({ claimed }: Run): Promise<void> {
    const report = this.#reports.get(claimed)
    if (report) {
      await this.#writeWhole([report])
      this.#reports.hold(report)
    }
  }

  /** The transaction was rolled back. */
  release({ claimed }: Run): void {
    this.#reports.release(claimed)
    this.#schedule()
  }

  /** The run has ended: it can say nothing more. */
  close({ claimed }: Run): void {
    this.#reports.close(claimed)
  }

  /** Before outcomes are written, whatever is left to report of those runs. Undefined when that is nothing. */
  writeLast(batch: readonly Pick<ClaimedJob, "id" | "claim">[]): Promise<void> | undefined {
    const last = this.#reports.unwrittenOf(batch)
    return last.length > 0 ? this.#writeWhole(last) : undefined
  }

  /** The outcome of the run is written, or given up. */
  forget({ claimed }: Run): void {
    const report = this.#reports.forget(claimed)
    if (report?.isWritten === false) {
      this.#logger.warn(`${describeJob(claimed)}: the last that it reported could not be written`)
      report.reject(tooLate(report.run))
    }
  }

  /** Nothing runs any more. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #schedule(): void {
    if (!this.#timer && this.#reports.waiting.size > 0) {
      const wait = Math.max(0, this.#next - performance.now())
      this.#timer = setTimeout(() => void this.#writeWaiting(), wait).unref()
    }
  }

  async #writeWaiting(): Promise<void> {
    await this.#write(this.#reports.waiting)
    this.#timer = undefined
    this.#schedule()
  }

  /** Within its time. What a run says meanwhile is written too, and what could not be is sent again. */
  async #writeWhole(reports: readonly RunReport[]): Promise<void> {
    const deadline = performance.now() + LAST_REPORT_MILLISECONDS
    for (let tries = 0; tries < LAST_REPORT_TRIES && reports.some((report) => !report.isWritten); tries++) {
      await atMost(deadline - performance.now(), this.#write(reports))
    }
  }

  /** One after the other, so that a run's reports keep their order. Never rejects. */
  #write(reports: Iterable<RunReport>): Promise<void> {
    return (this.#sending = this.#sending.then(async () => {
      for (const batch of inBatches([...reports].filter(({ isWaiting }) => isWaiting))) {
        await this.#send(batch)
      }
    }))
  }

  async #send(batch: readonly RunReport[]): Promise<void> {
    this.#next = performance.now() + SPACING_MILLISECONDS
    const sent = batch.map((report) => ({ report, content: report.take() }))
    batch.forEach((report) => this.#reports.waiting.delete(report))
    try {
      const refused = new Set(await this.#backend.report(sent.map(({ content }) => content)))
      this.#failures = 0
      sent.forEach(({ report, content }) =>
        refused.has(content) ? this.#refused(report) : report.wasWritten()
      )
    } catch (error) {
      this.#keep(batch, error as Error)
    }
  }

  #keep(batch: readonly RunReport[], { message }: Error): void {
    const wait = Math.min(LONGEST_RETRY_MILLISECONDS, SPACING_MILLISECONDS * 2 ** this.#failures++)
    this.#next = performance.now() + wait
    this.#logger.warn(
      `[jobqueue] what ${batch.length} running jobs reported could not be written; it is kept and sent again: ${message}`
    )
    for (const report of batch) {
      report.putBack()
      this.#reports.await(report)
    }
  }

  /** Another process has the job by now. One that has ended here says so with its outcome. */
  #refused(report: RunReport): void {
    const { run } = report
    report.reject(new JobAborted("lost"))
    if (!this.#reports.isClosed(report)) {
      this.#logger.warn(
        `${describeJob(run.claimed)}: what it reported was refused, because this process lost the job in between`
      )
      this.#reports.close(run.claimed)
      run.abort("lost")
    }
  }
}

function tooLate(run: Run): Error {
  return run.cause ? new JobAborted(run.cause) : reportedTooLate(run.claimed.identifier)
}

function inBatches(reports: readonly RunReport[]): RunReport[][] {
  const batches: RunReport[][] = []
  let lines = Infinity
  for (const report of reports) {
    if (lines > LINES_LIMIT || batches[batches.length - 1].length === RUNS_LIMIT) {
      batches.push([])
      lines = 0
    }
    batches[batches.length - 1].push(report)
    lines += report.size
  }
  return batches
}
