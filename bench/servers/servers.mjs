/** Starts the servers that a plan needs, and stops them. */
import { startServer as startPostgres } from "./postgres.mjs"

/** @returns the servers by the `store` of the adapters; `missing(store)` says why one is not there */
export async function startServers({ data, postgres }, plan) {
  const needs = new Set(plan.flatMap(({ systems }) => systems.map(({ adapter }) => adapter.store)))
  const servers = {}
  const reasons = {}
  if (needs.has("pg")) servers.pg = await startPostgres({ folder: data, binaries: postgres })
  const running = Object.values(servers)
  return {
    ...servers,
    missing: (store) => (servers[store] ? undefined : (reasons[store] ?? `no server "${store}"`)),
    versions: () => Promise.all(running.map((server) => server.version())),
    async stop() {
      await Promise.all(running.splice(0).map((server) => server.stop()))
    },
  }
}
