/**
 * What a crash test plays on: a database of its own with the module's tables, child processes, and the journal in
 * which jobs write that they were performed. Closing it ends and removes all of it.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs"
import { join, resolve } from "node:path"
import { Client, Pool } from "@medusajs/framework/pg"
import type { JobQueueOptions } from "../../src"
import { Child } from "./child"
import { compileProcesses } from "./compile"
import type { Entry } from "./process/journal"
import type { Setting } from "./process/setting"

let scenes = 0

export class Scene {
  /** Serves no queue: it enqueues, and calls the service. */
  client!: Child
  readonly name = `jobqueue_chaos_${process.pid}_${++scenes}`
  readonly #folder = resolve(__dirname, "../../.artifacts/chaos", this.name)
  readonly #journal = join(this.#folder, "journal.jsonl")
  readonly #children: Child[] = []
  readonly #pool = new Pool({ connectionString: databaseUrl(this.name), max: 4, application_name: "test" })
  #scripts = ""
  isClosing = false

  private constructor() {
    this.#pool.on("error", () => undefined) // of an idle connection; the next statement says what is wrong
  }

  /** @param options - the client's, which decide the defaults of jobs */
  static async open(options: JobQueueOptions = {}): Promise<Scene> {
    const scene = new Scene()
    try {
      await scene.#open(options)
    } catch (error) {
      await scene.close()
      throw error
    }
    return scene
  }

  async #open(options: JobQueueOptions): Promise<void> {
    mkdirSync(this.#folder, { recursive: true })
    this.#scripts = compileProcesses(this.#folder)
    await administrate(`create database ${this.name}`)
    this.client = this.spawn({ ...options, worker: false }, { migrate: true })
    await this.client.ready
  }

  /** Begins a process; `ready` of it says when it works. */
  spawn(options: JobQueueOptions, extra: Partial<Setting> = {}, script = "main.js"): Child {
    const setting = { databaseUrl: databaseUrl(this.name), journal: this.#journal, options, ...extra }
    const child = new Child(join(this.#scripts, script), setting)
    this.#children.push(child)
    return child
  }

  /** Begins a process and waits until it works on its queues. */
  async start(options: JobQueueOptions, extra: Partial<Setting> = {}): Promise<Child> {
    const child = this.spawn(options, extra)
    await child.ready
    return child
  }

  async sql<Row = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<Row[]> {
    const { rows } = await this.#pool.query(text, values)
    return rows as Row[]
  }

  /** What jobs have written down so far. */
  journal(): Entry[] {
    const text = existsSync(this.#journal) ? readFileSync(this.#journal, "utf8") : ""
    return text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Entry)
  }

  /** The last lines of every process, for what went wrong. */
  log(): string {
    return this.#children.map(({ pid, lines }) => `${pid}:\n  ${lines.slice(-15).join("\n  ")}`).join("\n")
  }

  /** Ends the workers and takes everything off the stage, for the next test; the client stays. */
  async clear(): Promise<void> {
    await this.#kill(this.#children.filter((child) => child !== this.client))
    this.#children.splice(0, Infinity, this.client)
    await this.sql(
      "truncate jobqueue_request, jobqueue_live, jobqueue_outcome, jobqueue_attempt, jobqueue_worker, jobqueue_unique"
    )
    rmSync(this.#journal, { force: true })
  }

  async close(): Promise<void> {
    this.isClosing = true
    await this.#kill(this.#children)
    await this.#pool.end()
    await administrate(`drop database if exists ${this.name} with (force)`)
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #kill(children: readonly Child[]): Promise<void> {
    await Promise.all(children.filter(({ isAlive }) => isAlive).map((child) => child.kill()))
  }
}

/** On the server of the integration tests, see global-setup.mjs. */
function databaseUrl(name: string): string {
  const { DB_HOST = "localhost", DB_PORT = "5432", DB_USERNAME = "postgres", DB_PASSWORD = "" } = process.env
  return `postgres://${encodeURIComponent(DB_USERNAME)}:${encodeURIComponent(DB_PASSWORD)}@${DB_HOST}:${DB_PORT}/${name}`
}

async function administrate(statement: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl("postgres") })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
