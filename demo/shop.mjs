/** Opens the demo's shop: Postgres, migrations, seed, the ERP, the server with its admin. */
import fs from "node:fs"
import {
  fingerprint,
  openDatabase,
  dropDatabase,
  readState,
  withoutPassword,
  writeState,
} from "./database.mjs"
import { startErp } from "./erp.mjs"
import { freePort } from "./free-port.mjs"
import { runMedusa } from "./medusa.mjs"
import { DATA, LOG, POSTGRES } from "./paths.mjs"
import { startPostgres } from "./postgres.mjs"
import * as report from "./report.mjs"
import { keepServer } from "./server.mjs"
import { claimFolder } from "./single-run.mjs"

export const LOGIN = { email: "admin@medusa-test.com", password: "supersecret" }

const DATABASE = "medusa_jobqueue_demo"
const MEDUSAS_PORT = 9000

/**
 * @param {(undo: () => unknown, hurry?: () => unknown) => void} later - is told how to end each thing that was begun
 * @returns the database's client and address, what the seed left (`facts`), the ERP and the server
 */
export async function openShop(options, signal, later) {
  fs.mkdirSync(DATA, { recursive: true })
  later(claimFolder(DATA))
  fs.writeFileSync(LOG, "")
  const databaseUrl = await openPostgres(signal, later)
  if (options.fresh) await dropDatabase(databaseUrl)
  const client = await openDatabase(databaseUrl)
  later(() => client.end())
  const facts = await prepare(client, databaseUrl, signal)
  const erp = await startErp(facts.shops.map((shop) => shop.store_id))
  later(erp.stop)
  const env = { DATABASE_URL: databaseUrl, DEMO_ERP_URL: erp.url }
  const server = await openServer(env, signal, later)
  return { client, databaseUrl, facts, erp, server }
}

async function openPostgres(signal, later) {
  const given = process.env.DATABASE_URL
  if (given) {
    report.print(`Using DATABASE_URL: ${withoutPassword(given)}`)
    return given
  }
  return report.step("Starting Postgres", async () => {
    const postgres = await startPostgres(POSTGRES, { signal })
    later(postgres.stop)
    return { value: postgres.url(DATABASE), note: `port ${postgres.port}, ${postgres.note}` }
  })
}

/** Neither is run again while the files that it comes from are the same. */
async function prepare(client, databaseUrl, signal) {
  const now = fingerprint()
  const medusa = (...args) => runMedusa(args, { env: { DATABASE_URL: databaseUrl }, log: LOG, signal })
  await report.step("Migrating the database", async () => {
    if ((await readState(client, "migrated")) === now) return { note: "nothing changed" }
    await medusa("db:migrate", "--execute-safe-links")
    await writeState(client, "migrated", now)
    return {}
  })
  return report.step("Seeding two stores, products and an admin", async () => {
    const done = (await readState(client, "seeded")) === now
    if (!done) {
      await medusa("exec", "./demo/seed.ts")
      await writeState(client, "seeded", now)
    }
    return { value: await readState(client, "shop"), note: done ? "nothing changed" : "" }
  })
}

function openServer(env, signal, later) {
  return report.step("Starting Medusa with its admin", async () => {
    const wanted = Number(process.env.PORT) || MEDUSAS_PORT
    const port = await freePort(wanted)
    const server = await keepServer({
      port,
      env,
      log: LOG,
      signal,
      onEnd: (how) => report.notice(`the server was ended by ${how}; starting it again`),
      onRestart: (pid) => report.notice(`the server is back, as process ${pid}`),
      onGiveUp: (error) => process.emit("uncaughtException", error),
    })
    later(server.stop, server.killNow)
    const taken = port === wanted ? "" : `, as port ${wanted} is taken`
    return { value: server, note: `process ${server.pid()}, ${server.url}${taken}` }
  })
}
