/**
 * The package test: what npm would publish, installed into a shop of its own, type-checked there, migrated,
 * started, and one job performed.
 */
import assert from "node:assert/strict"
import fs from "node:fs"
import os from "node:os"
import path from "node:path"
import framework from "@medusajs/framework/pg"
import { freePort } from "../../demo/free-port.mjs"
import { ROOT } from "../../demo/paths.mjs"
import { startPostgres } from "../../demo/postgres.mjs"
import { step, story, until } from "../steps.mjs"
import {
  createShop,
  migrate,
  pluginFolder,
  resolveAdminImports,
  startShop,
  typeCheck,
  writeExamples,
} from "./shop.mjs"
import { build, followImports, inspect, pack } from "./tarball.mjs"

const PERFORMED_WITHIN = 30_000

const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8"))
const readme = fs.readFileSync(path.join(ROOT, "README.md"), "utf8")
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "jobqueue-package-"))
fs.chmodSync(scratch, 0o755) // the user that runs Postgres for root passes through it
const shop = path.join(scratch, "shop")

await story("package test", async () => {
  try {
    await publishIntoShop()
    await runShop()
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true })
  }
})

async function publishIntoShop() {
  await step("builds the plugin", build)
  const tarball = await step("packs it", () => pack(scratch))
  console.log(
    `  ${tarball.paths.length} files, ${kilobytes(tarball.size)} packed, ${kilobytes(tarball.unpackedSize)} unpacked`
  )
  await step("publishes what a shop needs, and nothing of the demo or the tests", async () =>
    inspect(tarball.paths)
  )
  await step("is installed into a new shop", () => createShop(shop, manifest, tarball.file))
  await step("imports only what it publishes", async () => followImports(pluginFolder(shop), tarball.paths))
  await step("its admin imports only what a shop has", async () => resolveAdminImports(shop))
  await step("the README shows whole files", async () =>
    assert.ok(writeExamples(shop, readme) > 0, "none found")
  )
  await step(
    "a shop's code, the README's and the published declarations pass a strict type check",
    async () => typeCheck(shop)
  )
}

async function runShop() {
  const postgres = await step("starts a Postgres", () => startPostgres(path.join(scratch, "postgres")))
  const env = { DATABASE_URL: postgres.url("shop") }
  let server
  try {
    await createDatabase(postgres.url("postgres"))
    await step("migrates the shop", () => migrate(shop, env))
    server = await step("starts the shop", async () => startShop(shop, await freePort(), env))
    await step("performs the shop's jobs: one failed attempt each, then their result", () =>
      greet(server.url, env.DATABASE_URL)
    )
    await step("ends on SIGTERM", async () => assert.equal(await server.stop(), 0, "the shop's exit code"))
    server = undefined
  } finally {
    await server?.stop()
    await postgres.stop()
  }
}

async function greet(url, databaseUrl) {
  const response = await fetch(`${url}/greetings`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "Ada" }),
  })
  assert.equal(response.status, 200, await response.clone().text())
  const { ids } = await response.json()
  const jobs = await withClient(databaseUrl, (client) =>
    until("both jobs are finished", () => finished(client, ids), { within: PERFORMED_WITHIN })
  )
  for (const job of jobs) {
    const { state, attempts, queue, result } = job
    assert.deepEqual({ state, attempts, queue }, { state: "completed", attempts: 2, queue: "greetings" })
    assert.equal(result.greeting, "Hello Ada")
    assert.match(result.store_id, /^store_/)
    assert.equal(result.channels, 1, "the application's container reads the shop's sales channels")
  }
  assert.deepEqual(jobs.map((job) => job.name).sort(), ["Greet Ada", "Greet Ada again"])
}

async function finished(client, ids) {
  const { rows } = await client.query(
    `select id, name, state, attempts, queue, result from jobqueue_job where id::text = any ($1) and finished_at is not null`,
    [ids]
  )
  return rows.length === ids.length && rows
}

async function createDatabase(url) {
  await withClient(url, (client) => client.query("create database shop"))
}

async function withClient(connectionString, work) {
  const client = new framework.Client({ connectionString })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function kilobytes(bytes) {
  return `${Math.round(bytes / 1024)} KB`
}
