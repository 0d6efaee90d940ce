/**
 * Hears at once that a queue has new work. Only ever a hint: polling is the truth, so whatever is missed here
 * costs a moment and loses nothing.
 */
import type { Logger } from "@medusajs/framework/types"
import { Client } from "@medusajs/framework/pg"
import { WAKE_CHANNEL } from "../constants"
import { jittered, pause } from "../lifecycle/pause"
import { clientConfig, type ConnectionSettings } from "../table/database"

const APPLICATION_NAME = "jobqueue-listen"
const RECONNECT_MILLISECONDS = 2000
const CONNECTION_TIMEOUT = 10_000

/** A connection may be dead and nobody told us: it is asked now and then, and must answer in time. */
const PROBE_MILLISECONDS = 5000
const PROBE_LIMIT = 5000

export class Listener {
  readonly #connection: ConnectionSettings
  readonly #logger: Logger
  readonly #onWake: (queue?: string) => void
  #stopping = new AbortController()
  #client: Client | undefined
  #running: Promise<void> | undefined

  /** @param onWake - told the queue that has work; without one, after a time in which nothing could be heard */
  constructor(connection: ConnectionSettings, logger: Logger, onWake: (queue?: string) => void) {
    this.#connection = connection
    this.#logger = logger
    this.#onWake = onWake
  }

  start(): void {
    this.#running ??= this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#client?.end().catch(() => undefined) // it may be broken, or not even connected yet
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#listen()
      } catch (error) {
        this.#logger.debug(`[jobqueue] listening ended, polling goes on: ${(error as Error).message}`)
        await pause(jittered(RECONNECT_MILLISECONDS), this.#stopping.signal)
      }
    }
  }

  /** Listens until the connection breaks, or is ended by `stop`. */
  async #listen(): Promise<void> {
    const client = new Client({
      ...clientConfig(this.#connection),
      application_name: APPLICATION_NAME,
      connectionTimeoutMillis: CONNECTION_TIMEOUT,
      query_timeout: PROBE_LIMIT,
      keepAlive: true,
    })
    this.#client = client
    let probing: NodeJS.Timeout | undefined
    try {
      await new Promise<never>((_, reject) => {
        client.on("error", reject)
        client.on("end", () => reject(new Error("the connection was closed")))
        this.#hear(client).catch(reject)
        probing = setInterval(() => void client.query("select").catch(reject), PROBE_MILLISECONDS)
      })
    } finally {
      clearInterval(probing)
      client.end().catch(() => undefined) // it is broken or ended: there is nothing left to lose
    }
  }

  async #hear(client: Client): Promise<void> {
    await client.connect()
    client.on("notification", ({ payload }) => payload && this.#onWake(payload))
    await client.query(`listen ${WAKE_CHANNEL}`)
    this.#onWake()
  }
}
