/** A scratch Medusa shop outside of this repository, with the packed plugin installed as anyone would. */
import { spawn, spawnSync } from "node:child_process"
import fs from "node:fs"
import { createRequire } from "node:module"
import path from "node:path"
import { fileURLToPath } from "node:url"
import { ended, killGroup, lastLines, run } from "../../demo/child.mjs"
import { until } from "../steps.mjs"

const FIXTURE = fileURLToPath(new URL("shop", import.meta.url))
const PLUGIN = "medusa-plugin-jobqueue"
const READY_LIMIT = 120_000
const STOP_LIMIT = 45_000

/** What a Medusa app has of its own; at the versions of this repository, so that the test is repeatable. */
const DEPENDENCIES = ["@medusajs/admin-sdk", "@medusajs/cli", "@medusajs/framework", "@medusajs/medusa"]
const DEV_DEPENDENCIES = [
  ...["@swc/core", "@types/node", "@types/react", "@types/react-dom", "react", "react-dom", "ts-node"],
  ...["typescript", "vite"],
]

/** @param {object} manifest - this repository's package.json */
export async function createShop(folder, manifest, tarball) {
  fs.cpSync(FIXTURE, folder, { recursive: true })
  const versions = { ...manifest.dependencies, ...manifest.devDependencies }
  const pick = (names) => Object.fromEntries(names.map((name) => [name, versions[name]]))
  const own = {
    name: "scratch-shop",
    private: true,
    dependencies: { ...pick(DEPENDENCIES), [PLUGIN]: `file:${tarball}` },
    devDependencies: pick(DEV_DEPENDENCIES),
    overrides: manifest.overrides,
  }
  fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify(own, null, 2))
  await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund"], { cwd: folder })
}

/** Where the plugin was installed. */
export function pluginFolder(shop) {
  return path.join(shop, "node_modules", PLUGIN)
}

/**
 * Writes the README's examples that name their file in a first line such as `// src/queue-jobs/a.ts`, below
 * a folder where they are type-checked and never loaded.
 * @returns how many there were
 */
export function writeExamples(shop, readme) {
  const examples = [...readme.matchAll(/```ts\n(\/\/ (\S+\.ts)\b[^]*?)```/g)]
  for (const [, code, file] of examples) {
    const target = path.join(shop, "readme", file)
    fs.mkdirSync(path.dirname(target), { recursive: true })
    fs.writeFileSync(target, code)
  }
  return examples.length
}

/** The shop's own code and our declarations, strictly; errors inside of other packages are theirs. */
export function typeCheck(shop) {
  const { stdout, stderr } = spawnSync(process.execPath, [bin(shop, "tsc"), "--skipLibCheck", "false"], {
    cwd: shop,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  })
  const errors = (stdout + stderr).split("\n").filter((line) => /^\S+\(\d+,\d+\): error/.test(line))
  const ours = errors.filter(
    (line) => !line.startsWith("node_modules/") || line.startsWith(`node_modules/${PLUGIN}/`)
  )
  if (ours.length > 0) {
    throw new Error(`type errors:\n${ours.join("\n")}`)
  }
}

/** Fails when the admin's bundle imports a package that the shop does not have. */
export function resolveAdminImports(shop) {
  const bundle = path.join(pluginFolder(shop), ".medusa/server/src/admin/index.mjs")
  const fromBundle = createRequire(bundle)
  const code = fs.readFileSync(bundle, "utf8")
  const packages = new Set(Array.from(code.matchAll(/\bfrom\s*"([^"./][^"]*)"/g), ([, name]) => name))
  packages.forEach((name) => fromBundle.resolve(name))
  return [...packages]
}

export async function migrate(shop, env) {
  await runTool(shop, "medusa", ["db:migrate"], env)
}

/** Starts the shop in development, and waits until it answers. */
export async function startShop(shop, port, env) {
  const log = path.join(shop, "server.log")
  const output = fs.openSync(log, "a")
  const child = spawn(process.execPath, [bin(shop, "medusa"), "start", "--port", String(port)], {
    cwd: shop,
    env: environment(env),
    detached: true,
    stdio: ["ignore", output, output],
  })
  fs.closeSync(output)
  const end = ended(child)
  const server = { url: `http://localhost:${port}`, stop: () => stop(child, end) }
  const gone = end.then(({ code }) => {
    throw new Error(`the shop ended with exit code ${code} before it was ready`)
  })
  try {
    await Promise.race([
      gone,
      until("the shop answers", () => isHealthy(server.url), { within: READY_LIMIT }),
    ])
  } catch (error) {
    await server.stop()
    throw new Error(`${error.message}\n${lastLines(fs.readFileSync(log, "utf8"), 60)}`, { cause: error })
  }
  gone.catch(() => {}) // from here on, whoever asks it for something sees that it is gone
  return server
}

async function stop(child, end) {
  killGroup(child.pid, "SIGTERM")
  const kill = setTimeout(() => killGroup(child.pid, "SIGKILL"), STOP_LIMIT)
  const { code, by } = await end
  clearTimeout(kill)
  if (by === "SIGKILL") throw new Error(`the shop did not end within ${STOP_LIMIT / 1000} s of SIGTERM`)
  return code
}

async function isHealthy(url) {
  const answer = await fetch(`${url}/health`).catch(() => undefined)
  return answer?.ok
}

function runTool(shop, tool, args, env) {
  return run(process.execPath, [bin(shop, tool), ...args], { cwd: shop, env: environment(env) })
}

function bin(shop, tool) {
  return path.join(shop, "node_modules/.bin", tool)
}

function environment(env) {
  return { ...process.env, NODE_ENV: "development", MEDUSA_DISABLE_TELEMETRY: "true", ...env }
}
