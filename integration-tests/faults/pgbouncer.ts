/** A pgbouncer in transaction mode in front of Postgres: from the PATH, with a configuration and a port of its own. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer, type AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Client } from "@medusajs/framework/pg"
import { until } from "../until"

const COMMAND = "pgbouncer"
/** Fewer than the queue has clients: statements of one client meet sessions of another. */
const SERVER_CONNECTIONS = 3
const READABLE_BY_OTHERS = 0o755

/** False where it is not installed (Debian: `apt-get install pgbouncer`). */
export function hasPgbouncer(): boolean {
  return spawnSync(COMMAND, ["--version"]).status === 0
}

export class Pgbouncer {
  readonly #process: ChildProcess
  readonly #folder: string
  readonly #port: number

  private constructor(process: ChildProcess, folder: string, port: number) {
    this.#process = process
    this.#folder = folder
    this.#port = port
  }

  /** In front of the server that `url` names, with all its databases. */
  static async before(url: string): Promise<Pgbouncer> {
    const folder = mkdtempSync(join(tmpdir(), "jobqueue-pgbouncer-"))
    const port = await freePort()
    const file = join(folder, "pgbouncer.ini")
    writeFileSync(file, configuration(new URL(url), port), { mode: 0o600 })
    const account = accountForPgbouncer()
    chmodSync(folder, READABLE_BY_OTHERS)
    if (account) {
      chownSync(file, account.uid, account.gid)
    }
    const started = spawn(COMMAND, ["--quiet", file], { ...account, cwd: "/", stdio: "ignore" })
    const pgbouncer = new Pgbouncer(started, folder, port)
    await until("pgbouncer answers", () => canConnect(pgbouncer.url(url)))
    return pgbouncer
  }

  /** The same database, through the pooler. */
  url(direct: string): string {
    const url = new URL(direct)
    url.port = String(this.#port)
    return url.href
  }

  async stop(): Promise<void> {
    const gone = once(this.#process, "exit")
    this.#process.kill("SIGQUIT") // at once, without waiting for clients
    await gone
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function configuration({ hostname, port, username, password }: URL, listenPort: number): string {
  const [user, secret] = [username, password].map(decodeURIComponent)
  return `
[databases]
* = host=${hostname} port=${port} user=${user} password=${secret}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listenPort}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${SERVER_CONNECTIONS}
max_client_conn = 100
`
}

/** pgbouncer refuses to run as root. */
function accountForPgbouncer(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) {
    return undefined
  }
  const [uid, gid] = ["-u", "-g"].map((flag) =>
    Number(spawnSync("id", [flag, "nobody"], { encoding: "utf8" }).stdout)
  )
  return { uid, gid }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return port
}

async function canConnect(connectionString: string): Promise<boolean> {
  const client = new Client({ connectionString })
  client.on("error", () => undefined)
  const isUp = await client.connect().then(
    () => true,
    () => false
  )
  await client.end().catch(() => undefined)
  return isUp
}
