/** Measures the plan: in each round every system once, one after the other, so that a noisy hour hits all alike. */
import { Session } from "./measure/session.mjs"

export async function measureAll({ plan, servers, settings, results }) {
  for (const { scenario, systems, size } of plan) {
    for (let round = 1; round <= settings.rounds; round++) {
      for (const system of rotated(systems, round - 1)) {
        const missing = servers.missing(system.adapter.store)
        if (missing) results.skip({ scenario, system, why: missing })
        else
          results.add({
            scenario,
            system,
            round,
            size,
            ...(await measure({ scenario, system, size, servers })),
          })
      }
    }
  }
}

async function measure({ scenario, system, size, servers }) {
  let session
  try {
    session = await Session.open(servers, system)
    return { figures: await scenario.run(session, size) }
  } catch (error) {
    return { error: error.stack ?? String(error) }
  } finally {
    await session?.end()
  }
}

/** Who comes first changes from round to round. */
function rotated(systems, by) {
  const at = by % systems.length
  return [...systems.slice(at), ...systems.slice(0, at)]
}
