/**
 * A real Postgres from npm: makes the cluster once, starts it, stops it. It runs apart from the process that
 * started it, so that Ctrl-C does not end it before the server that uses it; one that a killed run left
 * behind is found by its postmaster.pid and stopped first. Used by the demo and by the integration tests.
 */
import { execFileSync } from "node:child_process"
import crypto from "node:crypto"
import fs from "node:fs"
import path from "node:path"
import { commandOf, lastLines, run } from "./child.mjs"
import { freePort } from "./free-port.mjs"
import { postgresHome } from "./postgres-home.mjs"

export const USER = "postgres"
const HOST = "localhost"

/** The data is a demo's or a test's: it need not outlive a power cut, only killed processes. */
const SETTINGS = {
  fsync: "off",
  full_page_writes: "off",
  max_connections: "200",
  // A socket's folder may belong to someone else; TCP is enough.
  unix_socket_directories: "",
}

/**
 * @param {string} wanted - the folder for its data, its password and its log
 * @param {{ signal?: AbortSignal, settings?: Record<string, string>, binaries?: string, port?: number }} options -
 *   `binaries` is the folder above `bin` of another Postgres than the one from npm
 * @returns the running server; `note` says what is worth knowing about how it was started
 */
export async function startPostgres(wanted, { signal, settings = {}, binaries, port: preferred } = {}) {
  const home = await postgresHome(wanted, binaries)
  const cluster = clusterIn(home)
  const orphan = await stopOrphan(cluster, signal)
  const fresh = removeOfOtherVersion(cluster) || !fs.existsSync(cluster.data)
  if (fresh) await initialise(cluster, signal)
  const port = await freePort(preferred)
  await start(cluster, port, { ...SETTINGS, ...settings }, signal)
  const password = fs.readFileSync(cluster.password, "utf8")
  return {
    host: HOST,
    port,
    password,
    folder: home.folder,
    pid: Number.parseInt(fs.readFileSync(pidFile(cluster), "utf8"), 10),
    note: [fresh ? "new data" : "kept data", orphan && "took over from a killed run"]
      .filter(Boolean)
      .join(", "),
    url: (database) => `postgres://${USER}:${password}@${HOST}:${port}/${database}`,
    stopCommand: stopCommand(cluster),
    stop: () => stop(cluster),
  }
}

function clusterIn({ folder, native, account }) {
  return {
    data: path.join(folder, "data"),
    password: path.join(folder, "password"),
    log: path.join(folder, "postgres.log"),
    bin: (name) => path.join(native, "bin", name),
    folder,
    account,
    // Its tools want to know their current folder, and may not be allowed into ours.
    options: { ...account, cwd: "/", env: { ...process.env, LC_ALL: "C" } },
  }
}

/** True when a server was still running on this data. A stale pid file of a past boot is removed. */
async function stopOrphan(cluster, signal) {
  const file = pidFile(cluster)
  if (!fs.existsSync(file)) return false
  const pid = Number.parseInt(fs.readFileSync(file, "utf8"), 10)
  if (commandOf(pid)?.includes(cluster.data)) {
    await stop(cluster, signal)
    return true
  }
  fs.rmSync(file)
  return false
}

function pidFile({ data }) {
  return path.join(data, "postmaster.pid")
}

/** Data of another major version can't be read by this one, and is only a demo's. */
function removeOfOtherVersion(cluster) {
  const file = path.join(cluster.data, "PG_VERSION")
  if (!fs.existsSync(file) || fs.readFileSync(file, "utf8").trim() === majorVersion(cluster)) return false
  fs.rmSync(cluster.data, { recursive: true })
  return true
}

function majorVersion(cluster) {
  const version = execFileSync(cluster.bin("postgres"), ["--version"], {
    ...cluster.options,
    encoding: "utf8",
  })
  return /\(PostgreSQL\) (\d+)/.exec(version)[1]
}

/** Made beside its place and moved there when complete: a run killed meanwhile leaves no half of a cluster. */
async function initialise(cluster, signal) {
  const unfinished = `${cluster.data}.new`
  fs.rmSync(unfinished, { recursive: true, force: true })
  fs.mkdirSync(unfinished, { mode: 0o700 })
  fs.writeFileSync(cluster.password, crypto.randomBytes(12).toString("hex"), { mode: 0o600 })
  giveTo(cluster.account, unfinished, cluster.password)
  const flags = [
    "--encoding=UTF8",
    "--locale=C.UTF-8",
    "--no-sync",
    "--auth=scram-sha-256",
    `--username=${USER}`,
  ]
  await run(cluster.bin("initdb"), [`--pgdata=${unfinished}`, `--pwfile=${cluster.password}`, ...flags], {
    ...cluster.options,
    signal,
  })
  fs.renameSync(unfinished, cluster.data)
}

async function start(cluster, port, settings, signal) {
  fs.writeFileSync(cluster.log, "", { mode: 0o600 })
  giveTo(cluster.account, cluster.log)
  const flags = Object.entries(settings).map(([name, value]) => `-c ${name}='${value}'`)
  const args = ["start", "-w", "-D", cluster.data, "-l", cluster.log, "-o", `-p ${port} ${flags.join(" ")}`]
  try {
    await run(cluster.bin("pg_ctl"), args, { ...cluster.options, signal })
  } catch (error) {
    if (signal?.aborted) await stopOrphan(cluster)
    throw new Error(`${error.message}\n${lastLines(fs.readFileSync(cluster.log, "utf8"))}`, { cause: error })
  }
}

/** Ends its connections and waits until it has written everything. */
async function stop(cluster, signal) {
  const [command, ...args] = stopCommand(cluster)
  await run(command, args, { ...cluster.options, signal })
}

function stopCommand(cluster) {
  return [cluster.bin("pg_ctl"), "stop", "-w", "-m", "fast", "-D", cluster.data]
}

function giveTo({ uid, gid }, ...files) {
  if (uid === undefined) return
  for (const file of files) fs.chownSync(file, uid, gid)
}
