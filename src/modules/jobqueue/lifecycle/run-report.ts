/** What one run has said and is not written yet: the newest progress, the last lines of its log, that it is alive. */
import { inspect } from "node:util"
import { findJsonProblem, toStorableText } from "../job/json"
import { KEPT_LINES } from "../job/report"
import type { Report } from "../table/report"
import type { Run } from "./run"

/** Characters. */
const MESSAGE_LIMIT = 2000
const DATA_LIMIT = 4000

interface Said {
  progress: { done: number; total: number | null; note: string | null; at: number } | undefined
  lines: { line: number; message: string; data: string | null; at: number }[]
  written: Deferred
}

interface Deferred {
  promise: Promise<void>
  resolve: () => void
  reject: (reason: Error) => void
}

export class RunReport {
  readonly run: Run
  #progress: Said["progress"]
  #lines: Said["lines"] = []
  #lastLine = 0
  /** Of all that is not sent; undefined when nothing is. */
  #written: Deferred | undefined
  #sent: Said | undefined

  constructor(run: Run) {
    this.run = run
  }

  setProgress(done: number, total: number | undefined, note: string | undefined): void {
    const shown = note === undefined ? null : shortened(note, MESSAGE_LIMIT)
    this.#progress = { done, total: total ?? null, note: shown, at: performance.now() }
  }

  addLine(message: string, data: unknown): void {
    this.#lines.push({
      line: ++this.#lastLine,
      message: shortened(message, MESSAGE_LIMIT),
      data: toJson(data),
      at: performance.now(),
    })
    if (this.#lines.length > KEPT_LINES) {
      this.#lines.shift()
    }
  }

  /** Resolves when all that was said so far is written. */
  changed(): Promise<void> {
    return (this.#written ??= deferred()).promise
  }

  /** Something is to be sent. */
  get isWaiting(): boolean {
    return this.#written !== undefined
  }

  get isWritten(): boolean {
    return !this.isWaiting && !this.#sent
  }

  /** Lines that are to be sent. */
  get size(): number {
    return this.#lines.length
  }

  /** What is to be sent now. `wasWritten`, `refuse` or `putBack` says what became of it. */
  take(): Report {
    const said = { progress: this.#progress, lines: this.#lines, written: this.#written ?? deferred() }
    this.#sent = said
    this.#progress = undefined
    this.#lines = []
    this.#written = undefined
    return toReport(this.run, said)
  }

  wasWritten(): void {
    this.#sent?.written.resolve()
    this.#sent = undefined
  }

  /** What was sent was not written, and is sent again with what was said since. */
  putBack(): void {
    if (!this.#sent) {
      return
    }
    const { progress, lines, written } = this.#sent
    this.#sent = undefined
    this.#progress ??= progress
    this.#lines = [...lines, ...this.#lines].slice(-KEPT_LINES)
    const since = this.#written
    if (since) {
      written.promise.then(since.resolve, since.reject)
    }
    this.#written = written
  }

  /** Nothing of it will be written. */
  reject(reason: Error): void {
    for (const written of [this.#sent?.written, this.#written]) {
      written?.reject(reason)
    }
    this.#sent = undefined
    this.#progress = undefined
    this.#lines = []
    this.#written = undefined
  }
}

/** Whoever does not look at the promise is not troubled by it. */
function deferred(): Deferred {
  let resolve: () => void = () => undefined
  let reject: (reason: Error) => void = () => undefined
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  promise.catch(() => undefined)
  return { promise, resolve, reject }
}

function toReport({ claimed: { id, claim, attempt } }: Run, { progress, lines }: Said): Report {
  const now = performance.now()
  const aged = <T extends { at: number }>({ at, ...rest }: T) => ({ ...rest, age: now - at })
  return { id, claim, attempt, progress: progress ? aged(progress) : null, lines: lines.map(aged) }
}

function shortened(text: unknown, limit: number): string {
  const whole = typeof text === "string" ? text : inspect(text)
  return toStorableText(whole.length > limit ? `${whole.slice(0, limit - 1)}…` : whole)
}

/** What can't be stored as it is becomes a text that shows it. */
function toJson(data: unknown): string | null {
  if (data === undefined) {
    return null
  }
  const json = findJsonProblem(data, "data") ? undefined : JSON.stringify(data)
  return json !== undefined && json.length <= DATA_LIMIT
    ? json
    : JSON.stringify(shortened(json ?? inspect(data), DATA_LIMIT))
}
