/**
 * Holds a throw-away Postgres for as long as its parent lives: `node demo/postgres-keeper.mjs <folder>` starts
 * it, prints how to reach it as one line of JSON, and stops and deletes it when standard input closes, which
 * it does at the end of the tests, after Ctrl-C and after kill -9 alike.
 */
import { once } from "node:events"
import fs from "node:fs"
import { startPostgres } from "./postgres.mjs"

// The terminal's Ctrl-C is for the parent; its end is what counts here.
process.on("SIGINT", () => {})

const folder = process.argv[2]
const postgres = await startPostgres(folder, { settings: { synchronous_commit: "off" } })
process.stdout.write(
  `${JSON.stringify({ host: postgres.host, port: postgres.port, password: postgres.password })}\n`
)
await once(process.stdin.resume(), "end")
await postgres.stop()
fs.rmSync(postgres.folder, { recursive: true, force: true })
fs.rmSync(folder, { recursive: true, force: true })
