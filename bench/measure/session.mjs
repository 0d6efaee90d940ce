/**
 * One measurement's stage: a new database for a system, its producer process, as many workers as the scenario
 * starts, and the meter over all of them.
 */
import { ChildProcess } from "../processes/child-process.mjs"
import { waitForQuiet } from "./cpu.mjs"
import { startMeter } from "./meter.mjs"

const QUIET_MILLISECONDS = 1500

export class Session {
  #server
  #system
  #hurried
  #database
  #workers = []
  producer

  /**
   * @param {{ pg: object, redis: object }} servers
   * @param {{ adapter: object, cfg: object }} system
   * @param {{ hurried?: boolean }} options - `hurried`: the figures do not count, so wait for nobody
   */
  static async open(servers, system, options) {
    const session = new Session(servers[system.adapter.store], system, options)
    try {
      await session.#open()
      return session
    } catch (error) {
      await session.end()
      throw error
    }
  }

  constructor(server, system, { hurried = false } = {}) {
    this.#server = server
    this.#system = system
    this.#hurried = hurried
  }

  get adapter() {
    return this.#system.adapter
  }

  get workerPids() {
    return this.#workers.map(({ pid }) => pid)
  }

  async worker(work) {
    const worker = await this.#fork("worker", this.#database.url, work)
    this.#workers.push(worker)
    return worker
  }

  /** Cleans up after what was seeded, and lets the machine come to rest. */
  async settle() {
    await this.#server.settle(this.#database.name)
    if (!this.#hurried) await waitForQuiet(QUIET_MILLISECONDS)
  }

  meter() {
    return startMeter({
      server: this.#server.pid,
      producer: this.producer.pid,
      workers: () => this.workerPids,
    })
  }

  tableSizes() {
    return this.#server.tableSizes(this.#database.name)
  }

  /** Runs `work` while a transaction is open that sees the database as it is now. */
  whileTransactionOpen(work) {
    return this.#server.connected(this.#database.name, async (client) => {
      await client.query("begin isolation level repeatable read")
      await client.query("select txid_current()")
      return work()
    })
  }

  async end() {
    for (const worker of this.#workers) await worker.stop()
    await this.producer?.stop()
    if (this.#database) await this.#server.dropDatabase(this.#database.name)
  }

  async #open() {
    const { adapter, cfg } = this.#system
    const version = `${adapter.name} ${adapter.version(cfg)}`
    this.#database = await this.#server.createDatabase(version, (url) => this.#setup(url))
    this.producer = await this.#fork("producer", this.#database.url)
    await this.producer.call("open")
  }

  async #setup(url) {
    const process = await this.#fork("producer", url)
    try {
      await process.call("setup")
    } finally {
      await process.stop()
    }
  }

  #fork(role, url, work) {
    const { file, cfg } = this.#system
    return ChildProcess.start({ adapter: file, cfg, url, role, work })
  }
}
