/** JobQueue beside other queues, with one command: see README.md. */
import { readCommandLine, USAGE } from "./command-line.mjs"
import { measureAll } from "./rounds.mjs"
import { planOf } from "./plan.mjs"
import { Results } from "./report/results.mjs"
import { startServers } from "./servers/servers.mjs"

const settings = readCommandLine(process.argv.slice(2))
if (settings.help) {
  console.log(USAGE)
  process.exit(0)
}
const plan = await planOf(settings)
if (settings.list) {
  for (const { scenario, systems } of plan) {
    console.log(`${scenario.name.padEnd(20)} ${systems.map(({ label }) => label).join(", ")}`)
  }
  process.exit(0)
}

const servers = await startServers(settings, plan)
const end = () => servers.stop().finally(() => process.exit(130))
process.once("SIGINT", end)
process.once("SIGTERM", end)
const results = new Results(settings, servers)
try {
  await measureAll({ plan, servers, settings, results })
  await results.write()
} finally {
  await servers.stop()
}
process.exit(results.failures > 0 ? 1 : 0)
