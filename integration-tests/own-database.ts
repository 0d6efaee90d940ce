/**
 * A database of a test's own, for tests that decide themselves which migrations have run on it. They run as
 * `medusa db:migrate` runs them: through the framework's migrator.
 */
import { readdirSync } from "node:fs"
import { resolve } from "node:path"
import { Client } from "@medusajs/framework/pg"
import { mikroOrmCreateConnection } from "@medusajs/framework/utils"

export const MIGRATIONS = resolve(__dirname, "../src/modules/jobqueue/migrations")

/** All versions of the schema, the oldest first; each goes by the name of its migration. */
export const VERSIONS = readdirSync(MIGRATIONS)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.replace(".ts", ""))
  .sort()

export class OwnDatabase {
  readonly url: string
  readonly #clients: Client[] = []

  private constructor(readonly name: string) {
    this.url = urlOf(name)
  }

  /** Empty. What an earlier run may have left under the same name is dropped. */
  static async create(name: string): Promise<OwnDatabase> {
    const database = new OwnDatabase(`jobqueue-${name}-${process.env.JEST_WORKER_ID ?? 1}`)
    await database.#dropIfExists()
    await database.#maintain(`create database "${database.name}"`)
    return database
  }

  async connect(): Promise<Client> {
    const client = new Client({ connectionString: this.url })
    this.#clients.push(client)
    await client.connect()
    return client
  }

  /** Runs the migrations that have not run yet, `to` being the last one; without it all. */
  migrate(to?: string): Promise<void> {
    return this.#withMigrator((migrator) => migrator.up(to === undefined ? undefined : { to }))
  }

  /** Takes back the last migration. */
  revert(): Promise<void> {
    return this.#withMigrator((migrator) => migrator.down())
  }

  async drop(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.end()))
    await this.#dropIfExists()
  }

  async #withMigrator(work: (migrator: Migrator) => Promise<unknown>): Promise<void> {
    const orm = await mikroOrmCreateConnection({ clientUrl: this.url, snapshot: false }, [], MIGRATIONS)
    try {
      await work(orm.getMigrator())
    } finally {
      await orm.close(true)
    }
  }

  #dropIfExists(): Promise<void> {
    return this.#maintain(`drop database if exists "${this.name}" with (force)`)
  }

  async #maintain(statement: string): Promise<void> {
    const client = new Client({ connectionString: urlOf("postgres") })
    await client.connect()
    await client.query(statement)
    await client.end()
  }
}

function urlOf(database: string): string {
  const { DB_HOST, DB_PORT, DB_USERNAME = "postgres", DB_PASSWORD = "" } = process.env
  const user = [DB_USERNAME, DB_PASSWORD].map(encodeURIComponent).join(":")
  return `postgres://${user}@${DB_HOST ?? "localhost"}:${DB_PORT}/${database}`
}

type Migrator = ReturnType<Awaited<ReturnType<typeof mikroOrmCreateConnection>>["getMigrator"]>
