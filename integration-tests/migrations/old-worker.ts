/**
 * A worker process of an older version, on connections of its own: it runs that version's statements, as they were
 * recorded, and remembers what it was told about each job.
 */
import type { Client } from "@medusajs/framework/pg"
import type { OwnDatabase } from "../own-database"
import { IDENTIFIER, QUEUE, type Bindings, type Bound, type Ending, type Held } from "./bindings"
import { loadBindings, readStatements } from "./fixtures"

const HOUR = 3_600_000
const TOKENS = 1_000_000_000
const LEASE = 12_000

export class OldWorker {
  readonly enqueued = new Set<number>()
  readonly completed = new Set<number>()
  rounds = 0
  #claims = 0
  isOver = false
  #running: Promise<void> | undefined

  private constructor(
    readonly id: number,
    readonly bindings: Bindings,
    readonly statements: Record<string, string>,
    readonly clients: readonly [Client, Client]
  ) {}

  static async start(own: OwnDatabase, version: string): Promise<OldWorker> {
    const clients = [await own.connect(), await own.connect()] as const
    const statements = readStatements(version)
    const values = ["old host", 1, version, [QUEUE], [IDENTIFIER], LEASE]
    const { rows } = await clients[0].query<{ id: string }>(statements.register, values)
    return new OldWorker(Number(rows[0].id), await loadBindings(version), statements, clients)
  }

  /** Leaves jobs in every state but `running`. */
  async fill(): Promise<void> {
    const [client] = this.clients
    await this.enqueue(client, 30)
    await this.enqueue(client, 5, HOUR)
    const jobs = await this.claim(client)
    for (const ending of ["completed", "failed", "canceled", "retrying", "held"] as const) {
      await this.#settle(client, ending, jobs.splice(0, 3), HOUR)
    }
    await this.#settle(client, "completed", jobs)
  }

  /** Enqueues, claims, performs and settles until it is stopped. */
  work(): void {
    const loop = async () => {
      const [one, other] = this.clients
      while (!this.isOver) {
        await Promise.all([this.enqueue(one, 10), this.#perform(other)])
        this.rounds++
      }
    }
    this.#running = loop()
    this.#running.catch(() => (this.isOver = true))
  }

  /** @throws what any of its statements threw */
  async stop(): Promise<void> {
    this.isOver = true
    await this.#running
  }

  /** Dies with jobs in its hands; its lease has run out. */
  async die(): Promise<void> {
    const [client] = this.clients
    await this.enqueue(client, 3)
    await this.claim(client)
    await client.query("update jobqueue_worker set lease_until = now() - interval '1 second' where id = $1", [
      this.id,
    ])
  }

  async enqueue(client: Client, count: number, delay = 0): Promise<void> {
    const { rows } = await this.#run(client, this.bindings.enqueue(count, delay))
    rows.forEach(({ id }) => this.enqueued.add(Number(id)))
  }

  async claim(client: Client): Promise<Held[]> {
    const claim = this.id * TOKENS + ++this.#claims
    const { rows } = await this.#run(client, this.bindings.claim(this.id, claim))
    return rows.map(({ id, attempts }) => ({ id: Number(id), claim, attempt: Number(attempts) }))
  }

  async #perform(client: Client): Promise<void> {
    await this.#run(client, ["promote", []])
    await this.#run(client, this.bindings.look(this.id))
    await this.#rescue(client)
    const jobs = await this.claim(client)
    const [first, ...others] = jobs.filter(({ attempt }) => attempt === 1)
    await this.#settle(client, "retrying", first ? [first] : [])
    await this.#settle(client, "completed", [...others, ...jobs.filter(({ attempt }) => attempt > 1)])
  }

  async #settle(client: Client, ending: Ending, jobs: readonly Held[], delay = 0): Promise<void> {
    if (jobs.length === 0) {
      return
    }
    const { rowCount } = await this.#run(client, this.bindings.settle(ending, jobs, delay))
    if (rowCount !== jobs.length) {
      throw new Error(`${jobs.length} jobs were to be settled as ${ending}, ${rowCount} were`)
    }
    if (ending === "completed") {
      jobs.forEach(({ id }) => this.completed.add(id))
    }
  }

  /** There is nobody to rescue: what matters is that it may look. */
  async #rescue(client: Client): Promise<void> {
    await client.query("begin")
    await this.#run(client, this.bindings.bury(this.id))
    await this.#run(client, ["rescue_find", []])
    await client.query("commit")
  }

  #run(client: Client, [name, values]: Bound) {
    return client.query<Record<string, unknown>>(this.statements[name], values)
  }
}
