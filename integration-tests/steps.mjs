/** For tests that are one long story: steps in order, each with its time; the first that fails ends it. */
import { setTimeout as delay } from "node:timers/promises"

const LOOK_AGAIN = 200
let passed = 0

/** Runs one step and says how it went. */
export async function step(sentence, work) {
  const start = performance.now()
  const result = await work().catch((error) => {
    console.error(`✖ ${sentence} (${seconds(start)})`)
    throw error
  })
  passed += 1
  console.log(`✔ ${sentence} (${seconds(start)})`)
  return result
}

/** Tells the end of the story, and leaves with an exit code that says the same. */
export async function story(name, tell) {
  const start = performance.now()
  try {
    await tell()
    console.log(`${name}: ${passed} steps passed (${seconds(start)})`)
  } catch (error) {
    console.error(error)
    console.error(`${name}: failed after ${passed} steps (${seconds(start)})`)
    process.exitCode = 1
  }
}

/** Asks until there is an answer: for what another process does, which can't signal us. */
export async function until(what, ask, { within }) {
  const deadline = performance.now() + within
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    if (performance.now() > deadline) throw new Error(`${what}: not within ${within / 1000} s`)
    await delay(LOOK_AGAIN)
  }
}

function seconds(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`
}
