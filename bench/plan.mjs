/** What is to be measured: scenarios, each with its size and those who take part. */
import { loadSystem } from "./adapters/load-system.mjs"
import { SCENARIOS } from "./scenarios/catalog.mjs"

/** What `--scale` makes larger or smaller; rates, batches and the number of processes stay. */
const SCALED = ["count", "backlog", "seconds"]

const ROUNDS = 3

/** A smoke run is about us; of the peers it shows that they run at all. */
const SMOKE_VARIANTS = 1

/** @returns a list of scenarios; `contestants` are measured one after the other in each round */
export async function planOf(settings) {
  const plan = []
  for (const scenario of chosen(settings.scenarios)) {
    const systems = await systemsOf(scenario, settings)
    const contestants = systems.flatMap((system) => withVariants(scenario, system, settings))
    const rounds = settings.smoke ? 1 : (settings.rounds ?? scenario.rounds ?? ROUNDS)
    if (contestants.length > 0) plan.push({ scenario, contestants, rounds, size: sizeOf(scenario, settings) })
  }
  return plan
}

function chosen(names) {
  if (!names) return SCENARIOS
  const found = names.map((name) => {
    const matching = SCENARIOS.filter((scenario) => scenario.name.startsWith(name))
    if (matching.length > 0) return matching
    throw new Error(`no scenario "${name}"; there are ${SCENARIOS.map((each) => each.name).join(", ")}`)
  })
  return [...new Set(found.flat())]
}

/** Named systems take part wherever they can; else those that the scenario names. */
async function systemsOf(scenario, { systems: named, source, options, against }) {
  const own = { ...(source && { source }), ...(options && { plugin: options }) }
  const names = named ? named.flatMap((name) => namesIn(scenario, name)) : scenario.systems
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

/** A system without a configuration takes part with those that the scenario names. */
function namesIn({ systems }, name) {
  const [file, config] = name.split(":")
  const own = systems.filter((system) => system.split(":")[0] === file)
  return config && own.length > 0 ? [name] : own
}

function withVariants({ variants = [undefined], canRun = () => true }, system, { variants: wanted, smoke }) {
  return variants
    .filter((variant) => canRun(system.adapter, variant))
    .filter((variant, index) => !wanted || index === 0 || wanted.includes(variant))
    .slice(0, smoke && system.file !== "jobqueue" ? SMOKE_VARIANTS : undefined)
    .map((variant) => ({ system, variant, label: [system.label, variant].filter(Boolean).join(": ") }))
}

function sizeOf({ sizes }, { smoke, scale }) {
  return smoke ? sizes.smoke : scaled(sizes.full, scale)
}

function scaled(size, scale) {
  const entries = Object.entries(size).map(([key, value]) => {
    if (!SCALED.includes(key)) return [key, value]
    const isMany = typeof value === "object"
    return [key, isMany ? mapped(value, (each) => Math.ceil(each * scale)) : Math.ceil(value * scale)]
  })
  return Object.fromEntries(entries)
}

function mapped(record, change) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}
