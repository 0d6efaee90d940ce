/** The runner's own connection: it prepares the database and reads what came of the jobs. */
import crypto from "node:crypto"
import fs from "node:fs"
import path from "node:path"
import framework from "@medusajs/framework/pg"
import { ROOT } from "./paths.mjs"

const NO_SUCH_DATABASE = "3D000"

/** What the schema and the seed are made of: while these files are the same, neither is run again. */
const SOURCES = [
  "package-lock.json",
  "medusa-config.ts",
  "demo/seed.ts",
  "demo/seed",
  "src/modules",
  "src/links",
]
/** Of a module, only what its tables come from. */
const NO_TABLES = /^src\/modules\/(?!.*\/(models|migrations)\/)/

/** Connects, and creates the database where `url` names one that is not there yet. */
export async function openDatabase(url) {
  const client = await connect(url).catch(async (error) => {
    if (error.code !== NO_SUCH_DATABASE) {
      throw new Error(`can't connect to ${withoutPassword(url)}: ${error.message || error.code}`, {
        cause: error,
      })
    }
    await createDatabase(url)
    return connect(url)
  })
  // A Postgres that ends while this connection is idle must not end the runner; the next query tells.
  client.on("error", () => {})
  await client.query("create schema if not exists demo")
  await client.query("create table if not exists demo.state (key text primary key, value json not null)")
  return client
}

export function dropDatabase(url) {
  return onServer(url, (name) => `drop database if exists ${name} with (force)`)
}

export async function readState(client, key) {
  const { rows } = await client.query("select value from demo.state where key = $1", [key])
  return rows[0]?.value
}

export async function writeState(client, key, value) {
  await client.query(
    `insert into demo.state (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value`,
    [key, JSON.stringify(value)]
  )
}

/** Changes when a file changes that decides what the database holds. */
export function fingerprint() {
  const hash = crypto.createHash("sha256")
  for (const file of SOURCES.flatMap(filesOf)) {
    hash
      .update(file)
      .update("\0")
      .update(fs.readFileSync(path.join(ROOT, file)))
  }
  return hash.digest("hex")
}

export function withoutPassword(url) {
  const { protocol, username, host, pathname } = new URL(url)
  return `${protocol}//${username}@${host}${pathname}`
}

function filesOf(source) {
  const absolute = path.join(ROOT, source)
  if (!fs.existsSync(absolute)) return []
  if (fs.statSync(absolute).isFile()) return [source]
  return fs
    .readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)))
    .filter((file) => !NO_TABLES.test(file))
    .sort()
}

async function connect(url) {
  const client = new framework.Client({ connectionString: url, application_name: "jobqueue demo" })
  await client.connect()
  return client
}

function createDatabase(url) {
  return onServer(url, (name) => `create database ${name} encoding 'UTF8' template template0`)
}

/** Runs a statement about the database of `url` on its server's maintenance database. */
async function onServer(url, statement) {
  const maintenance = new URL(url)
  const name = decodeURIComponent(maintenance.pathname.slice(1))
  maintenance.pathname = "/postgres"
  const client = await connect(maintenance.href)
  await client.query(statement(client.escapeIdentifier(name)))
  await client.end()
}
