/**
 * Holds a Postgres that the tests may break, for as long as its parent lives: `node server-keeper.mjs <folder>`
 * prints how to reach it, then obeys one word a line (`stop`, `crash`, `start`) and prints it when that is done.
 */
import fs from "node:fs"
import path from "node:path"
import { createInterface } from "node:readline"
import { setTimeout as delay } from "node:timers/promises"
import { startPostgres } from "../../demo/postgres.mjs"

const LOOK_AGAIN = 10

// The terminal's Ctrl-C is for the parent; its end is what counts here.
process.on("SIGINT", () => {})

const folder = process.argv[2]
let postgres = await startPostgres(folder)
const pidFile = path.join(postgres.folder, "data/postmaster.pid")

const orders = {
  stop: () => postgres.stop(),
  /** As `pg_ctl stop -m immediate`: nothing is written any more, the next start recovers. */
  async crash() {
    process.kill(Number.parseInt(fs.readFileSync(pidFile, "utf8"), 10), "SIGQUIT")
    while (fs.existsSync(pidFile)) await delay(LOOK_AGAIN)
  },
  async start() {
    postgres = await startPostgres(folder, { port: postgres.port })
  },
}

console.log(JSON.stringify({ port: postgres.port, url: postgres.url("postgres") }))
for await (const word of createInterface({ input: process.stdin })) {
  await orders[word]()
  console.log(word)
}
if (fs.existsSync(pidFile)) await postgres.stop()
fs.rmSync(postgres.folder, { recursive: true, force: true })
fs.rmSync(folder, { recursive: true, force: true })
