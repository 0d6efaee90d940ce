/** JobQueue beside other queues, with one command: see README.md. */
import { readCommandLine, USAGE } from "./command-line.mjs"
import { planOf } from "./plan.mjs"
import { Results } from "./report/results.mjs"
import { measureAll } from "./rounds.mjs"
import { startServers } from "./servers/servers.mjs"

const settings = readCommandLine(process.argv.slice(2))
if (settings.help) {
  console.log(USAGE)
  process.exit(0)
}
const plan = await planOf(settings)
if (settings.list) {
  for (const { scenario, contestants } of plan) {
    console.log(`${scenario.name.padEnd(16)} ${contestants.map(({ label }) => label).join(", ")}`)
  }
  process.exit(0)
}

const servers = await startServers(settings, plan)
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => servers.stop().finally(() => process.exit(130)))
}
const results = new Results(settings)
try {
  await measureAll({ plan, servers, settings, results })
  await results.write({ plan, versions: await servers.versions() })
} finally {
  await servers.stop()
}
console.log(`${results.count} measured, ${results.failures} failed`)
process.exit(results.failures > 0 ? 1 : 0)
