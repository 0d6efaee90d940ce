/**
 * Writes down, so that kill -9 can't undo it, when a job began and how it ended: lines appended to one file by
 * all processes. Times are the system's monotonic clock, the same in every process.
 */
import { openSync, writeSync } from "node:fs"

export interface Entry {
  event: "began" | "returned" | "threw"
  id: string
  identifier: string
  attempt: number
  pid: number
  /** Milliseconds. */
  at: number
  /** What it threw. */
  message?: string
}

export class Journal {
  readonly #file: number

  constructor(path: string) {
    this.#file = openSync(path, "a")
  }

  write(entry: Omit<Entry, "pid" | "at">): void {
    writeSync(this.#file, `${JSON.stringify({ ...entry, pid: process.pid, at: monotonic() })}\n`)
  }
}

export function monotonic(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
