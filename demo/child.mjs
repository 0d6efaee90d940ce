/**
 * Child processes that end on their own: initdb, pg_ctl, migrations, the seed. Each leads a process group
 * of its own, so that Ctrl-C reaches only the runner, which then ends them in the right order.
 */
import { spawn, spawnSync } from "node:child_process"
import fs from "node:fs"

/** Output kept in memory, for messages. */
const OUTPUT_LIMIT = 20_000

/**
 * Runs a command to its end.
 * @param {{ signal?: AbortSignal, log?: string } & import("node:child_process").SpawnOptions} options -
 *   `signal` sends SIGTERM to the whole group; `log` names a file that all output is added to
 * @returns its output (stdout and stderr together)
 * @throws Error when the exit code is not 0; without a log, it ends with the last lines of output
 */
export async function run(command, args, { signal, log, ...options } = {}) {
  signal?.throwIfAborted()
  const child = spawn(command, args, { ...options, detached: true, stdio: ["ignore", "pipe", "pipe"] })
  const output = collect(child, log)
  const end = () => killGroup(child.pid, "SIGTERM")
  signal?.addEventListener("abort", end, { once: true })
  const { code, by } = await ended(child)
  signal?.removeEventListener("abort", end)
  signal?.throwIfAborted()
  if (code !== 0) {
    const how = `${command} ${args.join(" ")} ended with ${by ?? `exit code ${code}`}`
    throw new Error(log ? how : `${how}\n${lastLines(output())}`)
  }
  return output()
}

/** Resolves when the process has ended and its output is read; rejects when it could not start. */
export function ended(child) {
  return new Promise((resolve, reject) => {
    child.once("error", reject)
    child.once("close", (code, by) => resolve({ code, by }))
  })
}

/** Signals every process of a group; one that is gone already is no error. */
export function killGroup(pid, signal) {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if (error.code !== "ESRCH") throw error
  }
}

/** The end of a text, for error messages. */
export function lastLines(text, count = 25) {
  return text.trimEnd().split("\n").slice(-count).join("\n")
}

/**
 * The command line of a running process, or undefined. Tells whether a recorded process id still belongs to
 * what recorded it: ids are used again, in containers within minutes.
 */
export function commandOf(pid) {
  if (!fs.existsSync("/proc/self/cmdline")) {
    return (
      spawnSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" }).stdout.trim() || undefined
    )
  }
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ") || undefined
  } catch (error) {
    if (error.code === "ENOENT" || error.code === "ESRCH") return undefined
    throw error
  }
}

function collect(child, log) {
  let text = ""
  const add = (chunk) => {
    text = (text + chunk).slice(-OUTPUT_LIMIT)
    if (log) fs.appendFileSync(log, chunk)
  }
  child.stdout.on("data", add)
  child.stderr.on("data", add)
  return () => text
}
