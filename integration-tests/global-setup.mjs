/**
 * Before the integration tests: a Postgres of their own, from npm, unless DB_PORT names one that runs already
 * (with DB_HOST, DB_USERNAME and DB_PASSWORD).
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import fs from "node:fs"
import os from "node:os"
import path from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { USER } from "../demo/postgres.mjs"

const KEEPER = fileURLToPath(new URL("../demo/postgres-keeper.mjs", import.meta.url))

export default async function globalSetup() {
  process.env.NODE_ENV ??= "test"
  process.env.MEDUSA_DISABLE_TELEMETRY = "true"
  process.env.LOG_LEVEL ??= "warn"
  // A port given for a server would be taken by the first test's app.
  delete process.env.PORT
  if (process.env.DB_PORT) return
  const { host, port, password } = await startKeeper()
  // test-utils turns TLS on for any host but the word "localhost".
  Object.assign(process.env, {
    DB_HOST: host,
    DB_PORT: String(port),
    DB_USERNAME: USER,
    DB_PASSWORD: password,
  })
}

async function startKeeper() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "jobqueue-test-"))
  fs.chmodSync(folder, 0o755)
  const keeper = spawn(process.execPath, [KEEPER, folder], {
    stdio: ["pipe", "pipe", "inherit"],
    detached: true,
  })
  globalThis.__POSTGRES_KEEPER__ = keeper
  const lines = createInterface({ input: keeper.stdout })
  const gone = once(keeper, "exit").then(() => Promise.reject(new Error("the tests' Postgres did not start")))
  const [line] = await Promise.race([once(lines, "line"), gone])
  return JSON.parse(line)
}
