/** The reports of a process's runs, from the first thing that a run says until its outcome is written. */
import type { ClaimedJob } from "../table/claimed-job"
import type { Run } from "./run"
import { RunReport } from "./run-report"

/** A process may have a job twice: once as it lost it, once as it claimed it again. */
type Key = Pick<ClaimedJob, "id" | "claim">

export class RunReports {
  /** With something to be written. */
  readonly waiting = new Set<RunReport>()
  readonly #byKey = new Map<string, RunReport>()
  /** Nothing may be written for now. */
  readonly #held = new Set<RunReport>()
  readonly #closed = new WeakSet<RunReport>()

  of(run: Run): RunReport {
    const report = this.get(run.claimed) ?? new RunReport(run)
    this.#byKey.set(keyOf(run.claimed), report)
    return report
  }

  get(key: Key): RunReport | undefined {
    return this.#byKey.size > 0 ? this.#byKey.get(keyOf(key)) : undefined
  }

  has(key: Key): boolean {
    return this.get(key) !== undefined
  }

  unwrittenOf(keys: readonly Key[]): RunReport[] {
    return this.#byKey.size === 0
      ? NONE
      : keys.flatMap((key) => this.get(key) ?? []).filter(({ isWritten }) => !isWritten)
  }

  /** It has something to be written. */
  await(report: RunReport): void {
    if (!this.#held.has(report) && this.has(report.run.claimed)) {
      this.waiting.add(report)
    }
  }

  hold(report: RunReport): void {
    this.#held.add(report)
    this.waiting.delete(report)
  }

  release(key: Key): void {
    const report = this.get(key)
    if (report && this.#held.delete(report) && report.isWaiting) {
      this.waiting.add(report)
    }
  }

  close(key: Key): void {
    const report = this.get(key)
    if (report) {
      this.#closed.add(report)
    }
  }

  isClosed(report: RunReport): boolean {
    return this.#closed.has(report)
  }

  forget(key: Key): RunReport | undefined {
    const report = this.get(key)
    if (report) {
      this.#byKey.delete(keyOf(key))
      this.waiting.delete(report)
      this.#held.delete(report)
    }
    return report
  }
}

const NONE: RunReport[] = []

function keyOf({ id, claim }: Key): string {
  return `${id}:${claim}`
}
