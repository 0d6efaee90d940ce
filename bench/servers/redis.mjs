/** The Redis that BullMQ is measured on: redis-server from PATH, with its append-only file synced each second. */
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import fs from "node:fs"
import path from "node:path"
import { Redis } from "ioredis"
import { commandOf } from "../../demo/child.mjs"
import { freePort } from "../../demo/free-port.mjs"
import { until } from "../measure/clock.mjs"

const PROGRAM = "redis-server"
const DATABASES = 16
const PID_FILE = "redis.pid"
const DURABLE = { appendonly: "yes", appendfsync: "everysec", save: "" }

export function hasRedis() {
  return spawnSync(PROGRAM, ["--version"]).status === 0
}

export async function startServer({ folder }) {
  const data = path.join(folder, "redis")
  stopOrphan(data)
  fs.rmSync(data, { recursive: true, force: true })
  fs.mkdirSync(data, { recursive: true })
  const port = await freePort()
  const settings = {
    port,
    bind: "127.0.0.1",
    dir: data,
    logfile: "redis.log",
    "set-proc-title": "no",
    ...DURABLE,
  }
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])
  const server = spawn(PROGRAM, args, { stdio: "ignore", detached: true })
  fs.writeFileSync(path.join(data, PID_FILE), String(server.pid))
  const client = new Redis({ host: "127.0.0.1", port, maxRetriesPerRequest: null })
  client.on("error", () => undefined) // it is starting: the client tries again
  await client.ping()
  return new RedisServer(server, client, port)
}

/** One that a killed run left behind. */
function stopOrphan(data) {
  const file = path.join(data, PID_FILE)
  const pid = fs.existsSync(file) ? Number(fs.readFileSync(file, "utf8")) : 0
  if (pid && commandOf(pid)?.includes(data)) process.kill(pid)
}

class RedisServer {
  #server
  #client
  #port
  #count = 0

  constructor(server, client, port) {
    this.#server = server
    this.#client = client
    this.#port = port
  }

  get pid() {
    return this.#server.pid
  }

  async version() {
    return `Redis ${/redis_version:(\S+)/.exec(await this.#client.info("server"))[1]}`
  }

  /** It has a fixed number of databases, by number: the next one, emptied. */
  async createDatabase() {
    const name = this.#count++ % DATABASES
    await this.dropDatabase(name)
    return { name, url: this.#url(name) }
  }

  async dropDatabase(name) {
    const client = new Redis(this.#url(name))
    await client.flushdb()
    client.disconnect()
  }

  /** Waits until it writes nothing in the background. */
  async settle() {
    const busy = /aof_rewrite_in_progress:1|rdb_bgsave_in_progress:1|aof_rewrite_scheduled:1/
    await until(async () => !busy.test(await this.#client.info("persistence")), { every: 100, seconds: 60 })
  }

  async stop() {
    this.#client.disconnect()
    const exit = once(this.#server, "exit")
    this.#server.kill()
    await exit
  }

  #url(database) {
    return `redis://127.0.0.1:${this.#port}/${database}`
  }
}
