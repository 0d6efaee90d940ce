/** A process of the shop as the test holds it: its calls, its log, its death. */
import { fork, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import type { Answer, Call } from "./process/main"
import { monotonic } from "./process/journal"
import { SETTING, type Setting } from "./process/setting"

/** The number of the answer that says that the process is ready. */
const READY = 0

export interface Death {
  pid: number
  /** Milliseconds of the monotonic clock. */
  at: number
  code: number | null
  signal: NodeJS.Signals | null
}

export class Child {
  readonly pid: number
  /** Its log, and whatever else it wrote. */
  readonly lines: string[] = []
  /** Resolves when it works, with what it has to say. */
  readonly ready: Promise<unknown>
  readonly died: Promise<Death>
  isAlive = true
  readonly #process: ChildProcess
  readonly #answers = new Map<number, (answer: Answer) => void>()
  #calls = READY

  constructor(script: string, setting: Setting) {
    const env = { ...process.env, [SETTING]: JSON.stringify(setting) }
    this.#process = fork(script, { env, execArgv: [], stdio: ["ignore", "pipe", "pipe", "ipc"] })
    this.pid = this.#process.pid ?? 0
    this.died = this.#awaitDeath()
    this.#process.on("message", (answer: Answer) => this.#answers.get(answer.call)?.(answer))
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      createInterface({ input: stream! }).on("line", (line) => this.lines.push(line))
    }
    this.ready = this.#answerTo(READY).then(({ result }) => result)
    this.ready.catch(() => undefined) // who waits for it gets the error
  }

  /** Calls a method of its service. Arrays of jobs come back as their ids. */
  async call<T>(method: string, ...args: unknown[]): Promise<T> {
    const call: Call = { call: ++this.#calls, method, args }
    const answer = this.#answerTo(call.call)
    this.#process.send(call)
    const { result, error } = await answer
    if (error !== undefined) {
      throw new Error(error)
    }
    return result as T
  }

  /** Sends what is no call, to scripts of their own. */
  tell(message: string): void {
    this.#process.send(message)
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  /** Resolves when it is gone. */
  kill(signal: NodeJS.Signals = "SIGKILL"): Promise<Death> {
    this.signal(signal)
    return this.died
  }

  logged(pattern: RegExp): boolean {
    return this.lines.some((line) => pattern.test(line))
  }

  /** Rejects when the process dies first. */
  async #answerTo(call: number): Promise<Answer> {
    const answer = new Promise<Answer>((resolve) => this.#answers.set(call, resolve))
    const dead = this.died.then(({ code, signal }) => {
      throw new Error(`process ${this.pid} ended (${signal ?? code}):\n${this.lines.slice(-20).join("\n")}`)
    })
    try {
      return await Promise.race([answer, dead])
    } finally {
      this.#answers.delete(call)
    }
  }

  async #awaitDeath(): Promise<Death> {
    const [code, signal] = (await once(this.#process, "exit")) as [number | null, NodeJS.Signals | null]
    this.isAlive = false
    return { pid: this.pid, at: monotonic(), code, signal }
  }
}
