/** Starts the servers that a plan needs, and stops them. */
import fs from "node:fs"
import path from "node:path"
import { commandOf } from "../../demo/child.mjs"
import { startServer as startPostgres } from "./postgres.mjs"
import { hasRedis, startServer as startRedis } from "./redis.mjs"

/** @returns the servers by the `store` of the adapters; `missing(store)` says why one is not there */
export async function startServers({ data, postgres, smoke }, plan) {
  const needed = new Set(
    plan.flatMap(({ contestants }) => contestants.map(({ system }) => system.adapter.store))
  )
  const release = take(data)
  const servers = {}
  if (needed.has("pg"))
    servers.pg = await startPostgres({ folder: data, binaries: postgres, durable: !smoke })
  if (needed.has("redis") && hasRedis()) servers.redis = await startRedis({ folder: data })
  const running = Object.values(servers)
  return {
    ...servers,
    missing: (store) => (servers[store] ? undefined : `there is no ${store}-server on the PATH`),
    versions: () => Promise.all(running.map((server) => server.version())),
    async stop() {
      await Promise.all(running.splice(0).map((server) => server.stop()))
      release()
    },
  }
}

/** A run takes over what a killed one left running, so two at a time must not share a folder. */
function take(folder) {
  const file = path.join(folder, "run.pid")
  const other = fs.existsSync(file) ? Number(fs.readFileSync(file, "utf8")) : 0
  if (other && commandOf(other)?.includes("run.mjs")) {
    throw new Error(
      `process ${other} measures with ${folder}: wait for it, or use another folder with --data`
    )
  }
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(file, String(process.pid))
  return () => fs.rmSync(file, { force: true })
}
