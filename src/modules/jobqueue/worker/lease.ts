/**
 * The lease of this worker process: its row in `jobqueue_worker`. Its running jobs live as long as the row
 * is renewed; a process whose row is gone was declared dead, gets nothing back, and registers anew.
 */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { Worker as Thread } from "node:worker_threads"
import type { Logger } from "@medusajs/framework/types"
import { clientConfig, type Database } from "../table/database"
import { LEASE_MILLISECONDS, registerWorker, removeWorker, type WorkerDescription } from "../table/workers"
import type { LeaseMessage, LeaseOrder, LeaseThreadData } from "./lease-thread"

export const BEAT_MILLISECONDS = 3000
const THREAD_RESTART_MILLISECONDS = 1000

interface LeaseDependencies {
  database: Database
  describe: () => WorkerDescription
  logger: Logger
  /** The row is gone: whatever runs here is another process's by now. */
  onLost: () => void
  /** The row was renewed. */
  onBeat: () => void
}

export class Lease {
  readonly #deps: LeaseDependencies
  #worker = 0
  #thread: Thread | undefined
  #beatsInARow = 0
  #isOver = false

  constructor(deps: LeaseDependencies) {
    this.#deps = deps
  }

  /** Registers this process and starts its heart. Also after a loss: then under a new id, which it answers. */
  async begin(): Promise<number> {
    this.#worker = await registerWorker(this.#deps.database, this.#deps.describe())
    this.#beatsInARow = 0
    if (this.#thread) {
      this.#order({ worker: this.#worker })
    } else {
      await this.#startThread()
    }
    return this.#worker
  }

  /** True after beating without a gap: only then may this process declare others dead, so that an outage kills nobody. */
  get isSteady(): boolean {
    return this.#beatsInARow > 1
  }

  /** Ends the lease in good order. What could not be settled is rescued by others as soon as the row is gone. */
  async end(): Promise<void> {
    this.#isOver = true
    await this.#thread?.terminate()
    this.#thread = undefined
    await removeWorker(this.#deps.database, this.#worker)
  }

  #order(order: LeaseOrder): void {
    this.#thread?.postMessage(order)
  }

  async #startThread(): Promise<void> {
    const thread = startThread({
      connection: { ...clientConfig(this.#deps.database.connection), password: await this.#password() },
      worker: this.#worker,
      leaseMilliseconds: LEASE_MILLISECONDS,
      beatMilliseconds: BEAT_MILLISECONDS,
    })
    this.#thread = thread
    thread.on("message", (message: LeaseMessage) => this.#receive(message))
    thread.on("error", (error) => this.#deps.logger.error("[jobqueue] the lease's thread failed", error))
    thread.on("exit", () => this.#restartThread())
    thread.unref()
  }

  #receive(message: LeaseMessage): void {
    if (message.type === "error") {
      this.#beatsInARow = 0
      this.#deps.logger.warn(
        `[jobqueue] the lease could not be renewed, it is tried again: ${message.message}`
      )
      void this.#renewPassword()
      return
    }
    if (this.#isOver || message.worker !== this.#worker) {
      return
    }
    if (message.type === "beat") {
      this.#beatsInARow++
      this.#deps.onBeat()
      return
    }
    this.#beatsInARow = 0
    if (message.type === "lost") {
      this.#deps.onLost()
    }
  }

  #restartThread(): void {
    if (this.#isOver) {
      return
    }
    this.#beatsInARow = 0
    this.#deps.logger.error("[jobqueue] the lease's thread ended; it is started again")
    setTimeout(() => void (!this.#isOver && this.#startThread()), THREAD_RESTART_MILLISECONDS).unref()
  }

  /** The thread gets the password itself: the function that makes it can't be handed to a thread. */
  async #password(): Promise<string | undefined> {
    const { password } = this.#deps.database.connection
    return typeof password === "function" ? password() : password
  }

  async #renewPassword(): Promise<void> {
    if (typeof this.#deps.database.connection.password === "function") {
      this.#order({ password: await this.#password() })
    }
  }
}

/** Built, the compiled file lies beside this one; from source, a hook compiles it inside the new thread. */
function startThread(workerData: LeaseThreadData): Thread {
  const compiled = join(__dirname, "lease-thread.js")
  if (existsSync(compiled)) {
    return new Thread(compiled, { workerData })
  }
  const source = join(__dirname, "lease-thread.ts")
  const bootstrap = `require("ts-node").register({ transpileOnly: true }); require(${JSON.stringify(source)})`
  return new Thread(bootstrap, { eval: true, workerData })
}
