/**
 * The Postgres that is measured, with the durability of a production server, and its databases: each measurement
 * gets a new one, copied within a moment from a template that holds the system's schema.
 */
import crypto from "node:crypto"
import path from "node:path"
import pg from "pg"
import { startPostgres } from "../../demo/postgres.mjs"

/** Everything else is Postgres's own default; 32 processes need more connections than the 100 of that. */
const DURABLE = { fsync: "on", full_page_writes: "on", synchronous_commit: "on", max_connections: "400" }

/**
 * @param {{ folder: string, binaries?: string, durable: boolean }} options - `binaries`: the `bin` folder of another
 *   Postgres; `durable: false`: nothing that is measured counts, so be quick
 */
export async function startServer({ folder, binaries, durable }) {
  const key = binaries ? crypto.createHash("sha256").update(binaries).digest("hex").slice(0, 8) : "npm"
  const server = await startPostgres(path.join(folder, `postgres-${key}`), {
    settings: durable ? DURABLE : {},
    binaries: binaries && path.dirname(binaries),
  })
  return new PostgresServer(server)
}

class PostgresServer {
  #server
  #count = 0
  #templates = new Map()

  constructor(server) {
    this.#server = server
  }

  get pid() {
    return this.#server.pid
  }

  stop() {
    return this.#server.stop()
  }

  async version() {
    const { rows } = await this.query("postgres", "show server_version")
    return `PostgreSQL ${rows[0].server_version.split(" ")[0]}`
  }

  /** Runs statements one after the other, and answers the last one's result. */
  async query(database, ...statements) {
    return this.connected(database, async (client) => {
      let result
      for (const statement of statements) result = await client.query(statement)
      return result
    })
  }

  /** @param {(client: pg.Client) => Promise<unknown>} work */
  async connected(database, work) {
    const client = new pg.Client({ connectionString: this.#server.url(database) })
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  }

  /**
   * A new database.
   * @param {string} version - of the schema; a template of it is kept, also for the next run
   * @param {(url: string) => Promise<void>} setup - makes the schema in a template that is not there yet
   */
  async createDatabase(version, setup) {
    const template = `template_${crypto.createHash("sha256").update(version).digest("hex").slice(0, 16)}`
    if (!this.#templates.has(template)) this.#templates.set(template, this.#findTemplate(template, setup))
    await this.#templates.get(template)
    const name = `bench_${process.pid}_${++this.#count}`
    await this.dropDatabase(name)
    await this.query("postgres", `create database ${name} template ${template}`)
    return { name, url: this.#server.url(name) }
  }

  dropDatabase(name) {
    return this.query("postgres", `drop database if exists ${name} with (force)`)
  }

  /** Statistics as a living table has them, nothing left to write: every measurement starts from the same state. */
  async settle(name) {
    await this.query(name, "vacuum analyze")
    await this.query("postgres", "checkpoint")
  }

  /** Bytes of each table with its indexes, by name. */
  async tableSizes(name) {
    const { rows } = await this.query(
      name,
      `select relname as table, pg_total_relation_size(oid)::float8 as bytes from pg_class
       where relkind = 'r' and relnamespace::regnamespace::text not in ('pg_catalog', 'information_schema')`
    )
    return Object.fromEntries(rows.map(({ table, bytes }) => [table, bytes]))
  }

  async #exists(name) {
    const { rows } = await this.query("postgres", {
      text: "select 1 from pg_database where datname = $1",
      values: [name],
    })
    return rows.length > 0
  }

  async #findTemplate(template, setup) {
    if (!(await this.#exists(template))) await this.#makeTemplate(template, setup)
  }

  /** Renamed when it is complete: a run that was killed meanwhile leaves no half of a template. */
  async #makeTemplate(template, setup) {
    const unfinished = `${template}_new`
    await this.dropDatabase(unfinished)
    await this.query("postgres", `create database ${unfinished}`)
    await setup(this.#server.url(unfinished))
    await this.query(unfinished, "vacuum analyze")
    await this.query("postgres", `alter database ${unfinished} rename to ${template}`)
  }
}
