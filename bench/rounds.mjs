/** Measures the plan: in each round everybody once, one after the other, so that a noisy hour hits all alike. */
import { Session } from "./measure/session.mjs"

/** A smoke run's figures do not count, so it does several things at once. */
const SMOKE_LANES = 3

export async function measureAll({ plan, servers, settings, results }) {
  const entries = plan.flatMap((each) => roundsOf(each)).values()
  const lane = async () => {
    for (const entry of entries) await measure(entry, { servers, settings, results })
  }
  await Promise.all(Array.from({ length: settings.smoke ? SMOKE_LANES : 1 }, lane))
}

function roundsOf({ scenario, contestants, size, rounds }) {
  return Array.from({ length: rounds }, (_, index) =>
    rotated(contestants, index).map((contestant) => ({ scenario, contestant, size, round: index + 1 }))
  ).flat()
}

async function measure(entry, { servers, settings, results }) {
  const { scenario, size, contestant } = entry
  const { system, variant } = contestant
  const missing = servers.missing(system.adapter.store)
  if (missing) return results.skip(system, missing)
  let session
  try {
    session = await Session.open(servers, system, { hurried: settings.smoke })
    results.add({ ...entry, figures: await scenario.run(session, size, variant) })
  } catch (error) {
    results.add({ ...entry, error: error.stack ?? String(error) })
  } finally {
    await session?.end()
  }
}

/** Who comes first changes from round to round. */
function rotated(contestants, by) {
  const at = by % contestants.length
  return [...contestants.slice(at), ...contestants.slice(0, at)]
}
