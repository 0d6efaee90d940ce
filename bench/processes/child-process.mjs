/** The runner's side of a measured process: forks it, calls its verbs, hears its events, ends it. */
import { fork } from "node:child_process"
import { once } from "node:events"

const CHILD = new URL("./child.mjs", import.meta.url)
const STOP_MILLISECONDS = 10_000

export class ChildProcess {
  #child
  #calls = new Map()
  #next = 1
  #exited
  /** Called with each event; replace it to listen. */
  onEvent = () => undefined
  /** The worker's last progress. */
  progress = { ran: 0, counted: 0, reached: null }

  /** Resolves when the process has loaded its system and waits for calls. */
  static async start(options) {
    const process = new ChildProcess(options)
    await process.#ready()
    return process
  }

  constructor(options) {
    this.#child = fork(CHILD, [JSON.stringify(options)], {
      env: { ...process.env, NODE_ENV: "production" },
    })
    this.#exited = once(this.#child, "exit").then(([code, signal]) => {
      const error = new Error(`the ${options.role} of ${options.adapter} ended with ${signal ?? code}`)
      for (const { reject } of this.#calls.values()) reject(error)
      this.#calls.clear()
    })
    this.#child.on("message", (message) => this.#hear(message))
  }

  get pid() {
    return this.#child.pid
  }

  call(verb, ...args) {
    const call = this.#next++
    const answer = new Promise((resolve, reject) => this.#calls.set(call, { resolve, reject }))
    // A failed send is followed by the exit, which rejects the answer.
    this.#child.send({ call, verb, args }, () => undefined)
    return answer
  }

  /** Lets it close what it has open, and kills it when that takes too long. */
  async stop() {
    if (!this.#isRunning) return
    const kill = setTimeout(() => this.#child.kill("SIGKILL"), STOP_MILLISECONDS)
    await this.call("stop").catch((error) => console.error(error.message))
    if (this.#child.connected) this.#child.disconnect()
    await this.#exited
    clearTimeout(kill)
  }

  get #isRunning() {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  #ready() {
    return new Promise((resolve, reject) => {
      this.#calls.set("ready", { resolve, reject })
    })
  }

  #hear({ call, event, value, error, ...details }) {
    if (event === "progress") this.progress = details
    if (event) this.onEvent({ event, ...details })
    const waiting = this.#calls.get(event ?? call)
    if (!waiting) return
    this.#calls.delete(event ?? call)
    if (error) waiting.reject(new Error(error))
    else waiting.resolve(value)
  }
}
