/** What one run has told of itself and is not written yet: the newest progress, and the last lines of its log. */
import { inspect } from "node:util"
import { findJsonProblem, toStorableText, type JsonValue } from "../job/json"
import { KEPT_LINES } from "../job/report"
import type { Report } from "../table/report"
import { JobAborted, type Run } from "./run"

const MESSAGE_LIMIT = 2000
const DATA_LIMIT = 4000

type Progress = NonNullable<Report["progress"]>

interface Line {
  line: number
  message: string
  data: string | null
  loggedAt: number
}

export class RunReport {
  readonly run: Run
  #progress: Progress | undefined
  #lines: Line[] = []
  #lastLine = 0
  #written: { promise: Promise<void>; resolve: () => void; reject: (reason: Error) => void } | undefined

  constructor(run: Run) {
    this.run = run
  }

  setProgress(done: number, total: number | undefined, note: string | undefined): void {
    this.#progress = {
      done,
      total: total ?? null,
      note: note === undefined ? null : shortened(note, MESSAGE_LIMIT),
    }
  }

  addLine(message: string, data: JsonValue | undefined): void {
    const line = {
      line: ++this.#lastLine,
      message: shortened(message, MESSAGE_LIMIT),
      data: toJson(data),
      loggedAt: performance.now(),
    }
    this.#lines.push(line)
    if (this.#lines.length > KEPT_LINES) {
      this.#lines.shift()
    }
  }

  /** Resolves when all that was told so far is written; rejects when the job is another process's by now. */
  get written(): Promise<void> {
    this.#written ??= deferred()
    return this.#written.promise
  }

  /** What is to be written now; who takes it says what became of it. */
  take(): { content: Report; done: (isMine: boolean) => void; putBack: () => void } {
    const [progress, lines, written] = [this.#progress, this.#lines, this.#written]
    this.#progress = undefined
    this.#lines = []
    this.#written = undefined
    return {
      content: this.#toReport(progress, lines),
      done: (isMine) => {
        if (isMine) {
          written?.resolve()
        } else {
          written?.reject(new JobAborted("lost"))
        }
      },
      putBack: () => {
        this.#progress ??= progress
        this.#lines = [...lines, ...this.#lines].slice(-KEPT_LINES)
        const newer = this.#written
        this.#written = written ?? newer
        if (written && newer) {
          written.promise.then(newer.resolve, newer.reject)
        }
      },
    }
  }

  #toReport(progress: Progress | undefined, lines: readonly Line[]): Report {
    const { id, claim, attempt } = this.run.claimed
    const now = performance.now()
    return {
      id,
      claim,
      attempt,
      progress,
      lines: lines.map(({ loggedAt, ...line }) => ({ ...line, age: now - loggedAt })),
    }
  }
}

/** Whoever does not look at the promise is not troubled by it. */
function deferred() {
  let resolve: () => void = () => undefined
  let reject: (reason: Error) => void = () => undefined
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  promise.catch(() => undefined)
  return { promise, resolve, reject }
}

function shortened(text: unknown, limit: number): string {
  const whole = toStorableText(typeof text === "string" ? text : inspect(text))
  return whole.length > limit ? `${whole.slice(0, limit - 1)}…` : whole
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
