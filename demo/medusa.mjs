/** Medusa's own commands as child processes: migrate, exec, and the server with its admin. */
import { spawn } from "node:child_process"
import fs from "node:fs"
import path from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { ended, killGroup, run } from "./child.mjs"
import { ROOT } from "./paths.mjs"

const MEDUSA = path.join(ROOT, "node_modules/.bin/medusa")
const FOLLOW_RUNNER = path.join(ROOT, "demo/follow-runner.cjs")
const READY_LIMIT = 120_000
/** Longer than the queue's `shutdownGrace`, so that running jobs may end. */
const STOP_LIMIT = 40_000
const HEALTH_INTERVAL = 100

/** Runs `medusa <args>` to its end. */
export function runMedusa(args, { env, log, signal }) {
  return run(process.execPath, [MEDUSA, ...args], { cwd: ROOT, env: environment(env), log, signal })
}

/**
 * Starts the server and waits until it answers.
 * @returns `pid`, `url`, `ended` (resolves when the process has ended, for whatever reason), `stop` and `kill`
 */
export async function startServer({ port, env, log, signal }) {
  signal?.throwIfAborted()
  const output = fs.openSync(log, "a")
  const child = spawn(
    process.execPath,
    ["--require", FOLLOW_RUNNER, MEDUSA, "start", "--port", String(port)],
    {
      cwd: ROOT,
      env: environment(env),
      detached: true,
      stdio: ["ignore", output, output, "ipc"],
    }
  )
  fs.closeSync(output)
  const server = serverOf(child, port)
  try {
    await ready(server, signal)
  } catch (error) {
    await server.stop()
    throw error
  }
  return server
}

function serverOf(child, port) {
  const hasEnded = ended(child)
  return {
    pid: child.pid,
    url: `http://localhost:${port}`,
    ended: hasEnded,
    stop: () => stop(child, hasEnded),
    kill: async () => {
      killGroup(child.pid, "SIGKILL")
      await hasEnded
    },
  }
}

async function ready(server, signal) {
  const limit = AbortSignal.any([AbortSignal.timeout(READY_LIMIT), ...(signal ? [signal] : [])])
  const gone = server.ended.then(({ code, by }) => {
    throw new Error(`the server ended with ${by ?? `exit code ${code}`} before it was ready`)
  })
  const answered = async () => {
    while (!(await answers(server.url))) await delay(HEALTH_INTERVAL, undefined, { signal: limit })
  }
  await Promise.race([answered(), gone]).catch((error) => {
    signal?.throwIfAborted()
    throw limit.aborted ? new Error(`the server was not ready after ${READY_LIMIT} ms`) : error
  })
}

async function answers(url) {
  try {
    return (await fetch(`${url}/health`)).ok
  } catch {
    return false // nothing listens yet
  }
}

/** SIGTERM lets it finish what it does; what is left of its group (the admin's bundler) is killed after it. */
async function stop(child, hasEnded) {
  if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM")
  const done = new AbortController()
  const how = await Promise.race([hasEnded, delay(STOP_LIMIT, "late", { signal: done.signal })])
  done.abort()
  killGroup(child.pid, "SIGKILL")
  if (how === "late") {
    await hasEnded
    throw new Error(`the server did not end within ${STOP_LIMIT} ms after SIGTERM and was killed`)
  }
}

/** The demo is one process in development, whatever the shell says. */
function environment(env) {
  const fixed = { NODE_ENV: "development", MEDUSA_WORKER_MODE: "shared", MEDUSA_DISABLE_TELEMETRY: "true" }
  return { ...process.env, ...fixed, ...env }
}
