/** A database of its own for one test, with the module's real tables. */
import { resolve } from "node:path"
import { MikroORM } from "@medusajs/framework/mikro-orm/core"
import { Migrator } from "@medusajs/framework/mikro-orm/migrations"
import { defineConfig } from "@medusajs/framework/mikro-orm/postgresql"
import { Pool } from "@medusajs/framework/pg"

const MIGRATIONS = resolve(__dirname, "../../src/modules/jobqueue/migrations")

export interface TestDatabase {
  url: string
  /** On the test's own connections, which no fault reaches. */
  sql: <Row = Record<string, unknown>>(text: string, values?: unknown[]) => Promise<Row[]>
  drop: () => Promise<void>
}

let made = 0

/** @param server - any database of the server, as superuser. Default: the server of all integration tests */
export async function createDatabase(server = sharedServer()): Promise<TestDatabase> {
  const name = `jobqueue_faults_${process.pid}_${++made}`
  const url = new URL(server)
  url.pathname = `/${name}`
  await once(server, `create database ${name}`)
  await migrate(url.href)
  const pool = new Pool({ connectionString: url.href, max: 4, application_name: "the test" })
  pool.on("error", () => undefined) // its server was stopped by the test itself
  return {
    url: url.href,
    sql: async (text, values) => (await pool.query(text, values)).rows as never,
    async drop() {
      await pool.end()
      await once(server, `drop database ${name} with (force)`)
    },
  }
}

/** As `global-setup.mjs` says. */
export function sharedServer(): string {
  const { DB_HOST, DB_PORT, DB_USERNAME = "postgres", DB_PASSWORD = "" } = process.env
  const login = [DB_USERNAME, DB_PASSWORD].map(encodeURIComponent).join(":")
  return `postgres://${login}@${DB_HOST ?? "localhost"}:${DB_PORT}/postgres`
}

async function once(server: string, statement: string): Promise<void> {
  const pool = new Pool({ connectionString: server, max: 1 })
  await pool.query(statement)
  await pool.end()
}

async function migrate(clientUrl: string): Promise<void> {
  const orm = await MikroORM.init(
    defineConfig({
      clientUrl,
      entities: [],
      discovery: { warnWhenNoEntities: false },
      migrations: { path: MIGRATIONS, pathTs: MIGRATIONS, silent: true, snapshot: false },
      extensions: [Migrator],
    })
  )
  await orm.getMigrator().up()
  await orm.close(true)
}
