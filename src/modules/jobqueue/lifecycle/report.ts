/**
 * Collects what the running jobs of a process tell of themselves, and writes it for all of them together, once a second at
 * most. It never troubles a job: what can't be written now is tried again, and only the newest is kept.
 */
import type { Logger } from "@medusajs/framework/types"
import type { QueueBackend } from "../backend/contract"
import type { Settlement } from "../table/settle"
import { describeJob } from "./job-context"
import { atMost, pause } from "./pause"
import type { Run } from "./run"
import { RunReport } from "./run-report"

const SPACING_MILLISECONDS = 1000

/** While a job waits for its last report to be written before it is settled. */
const ENDING_SPACING_MILLISECONDS = 10

/** After a failure; and how long a settlement waits for a report that can't be written. */
const RETRY_MILLISECONDS = 500
const LAST_REPORT_MILLISECONDS = 5000

/** Runs in one statement. */
const BATCH_LIMIT = 500

export class Reporter {
  readonly #backend: QueueBackend
  readonly #logger: Logger
  readonly #reports = new WeakMap<Run, RunReport>()
  readonly #waiting = new Set<RunReport>()
  readonly #ending = new Set<RunReport>()
  #pausing = new AbortController()
  #isWriting = false
  #next = 0
  #isOver = false

  constructor(backend: QueueBackend, logger: Logger) {
    this.#backend = backend
    this.#logger = logger
  }

  /** The report of a run, made when it tells something for the first time. */
  of(run: Run): RunReport {
    const report = this.#reports.get(run) ?? new RunReport(run)
    this.#reports.set(run, report)
    return report
  }

  /** Has what the report holds written soon. */
  changed(report: RunReport): Promise<void> {
    const { written } = report
    this.#waiting.add(report)
    this.#wake()
    return written
  }

  /** Undefined for a run that told nothing; else resolves when its last report is written, or can't be for a while. */
  ending(run: Run, settlement?: Settlement): Promise<void> | undefined {
    const report = this.#reports.get(run)
    if (!report) {
      return undefined
    }
    if (settlement?.conclusion.state === "completed" && !settlement.keep) {
      this.#waiting.delete(report)
      return atMost(LAST_REPORT_MILLISECONDS, this.#forget(run))
    }
    return this.flush(report)
  }

  /** Has what is not written yet written now, before whatever ends the claim. */
  async flush(report: RunReport): Promise<void> {
    if (!this.#waiting.has(report)) {
      return
    }
    this.#ending.add(report)
    this.#next = Math.min(this.#next, performance.now() + ENDING_SPACING_MILLISECONDS)
    this.#pausing.abort()
    await atMost(
      LAST_REPORT_MILLISECONDS,
      report.written.catch(() => undefined)
    )
    this.#ending.delete(report)
    this.#waiting.delete(report)
  }

  /** Writes nothing more: the process ends. */
  stop(): void {
    this.#isOver = true
    this.#pausing.abort()
  }

  #wake(): void {
    if (!this.#isWriting) {
      this.#isWriting = true
      setImmediate(() => void this.#writeAll()) // all that is told in this tick comes into the first statement
    }
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.size > 0 && !this.#isOver) {
      await this.#untilNext()
      const spacing = this.#ending.size > 0 ? ENDING_SPACING_MILLISECONDS : SPACING_MILLISECONDS
      this.#next = performance.now() + spacing
      await this.#write([...this.#waiting].slice(0, BATCH_LIMIT))
    }
    this.#isWriting = false
  }

  async #untilNext(): Promise<void> {
    for (let wait = this.#next - performance.now(); wait > 0; wait = this.#next - performance.now()) {
      this.#pausing = new AbortController()
      await pause(wait, this.#pausing.signal)
    }
  }

  async #write(reports: readonly RunReport[]): Promise<void> {
    const taken = reports.map((report) => ({ report, ...report.take() }))
    reports.forEach((report) => this.#waiting.delete(report))
    try {
      const refused = await this.#backend.report(taken.map(({ content }) => content))
      for (const { report, done } of taken) {
        const isMine = !refused.has(report.run.claimed.id)
        done(isMine)
        if (!isMine) {
          this.#refuse(report.run)
        }
      }
    } catch (error) {
      this.#logger.warn(
        `[jobqueue] progress and log of ${taken.length} jobs can't be written yet: ${(error as Error).message}`
      )
      taken.forEach(({ report, putBack }) => {
        putBack()
        this.#waiting.add(report)
      })
      this.#next = performance.now() + RETRY_MILLISECONDS
    }
  }

  #refuse(run: Run): void {
    this.#logger.warn(
      `${describeJob(run.claimed)}: its report was refused, because this process lost the job in between`
    )
    run.abort("lost")
  }

  async #forget(run: Run): Promise<void> {
    try {
      await this.#backend.forgetReports([run.claimed.id])
    } catch (error) {
      this.#logger.warn(`${describeJob(run.claimed)}: its progress and log stay: ${(error as Error).message}`)
    }
  }
}
