/** What is to be measured: scenarios, each with its systems and its size. */
import { SCENARIOS } from "./scenarios/catalog.mjs"
import { loadSystem } from "./systems.mjs"

export async function planOf(settings) {
  const plan = []
  for (const scenario of chosen(settings.scenarios)) {
    plan.push({
      scenario,
      systems: await systemsOf(scenario, settings),
      size: sizeOf(scenario, settings),
    })
  }
  return plan.filter(({ systems }) => systems.length > 0)
}

function chosen(names) {
  if (!names) return SCENARIOS
  const wanted = names.map((name) => {
    const found = SCENARIOS.filter((scenario) => scenario.name.startsWith(name))
    if (found.length > 0) return found
    throw new Error(`no scenario "${name}"; there are ${SCENARIOS.map((each) => each.name).join(", ")}`)
  })
  return [...new Set(wanted.flat())]
}

/** Named systems take part wherever they can; else those that the scenario names. */
async function systemsOf(scenario, { systems: named, source, options, against }) {
  const own = { ...(source && { source }), ...(options && { plugin: options }) }
  const names = named ? named.filter((name) => takesPart(scenario, name)) : scenario.systems
  const systems = []
  for (const name of names) {
    const system = await loadSystem(name, own)
    systems.push(system)
    if (against && system.file === "jobqueue") {
      const other = await loadSystem(name, { ...own, source: against })
      systems.push({ ...other, label: `${name} (against)` })
    }
  }
  return systems
}

/** Another configuration of an adapter that takes part does so too. */
function takesPart(scenario, name) {
  const file = (system) => system.split(":")[0]
  return scenario.systems.some((system) => file(system) === file(name))
}

function sizeOf({ sizes }, { smoke, scale }) {
  if (smoke) return sizes.smoke
  return Object.fromEntries(
    Object.entries(sizes.full).map(([key, value]) => [
      key,
      SCALED.includes(key) ? Math.ceil(value * scale) : value,
    ])
  )
}

/** What `--scale` makes larger or smaller; rates, batches and the number of processes stay. */
const SCALED = ["count", "backlog", "seconds", "total"]
