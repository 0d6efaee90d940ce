/** For what another process or a worker does by itself, and can't signal: asks until there is an answer. */

const LOOK_AGAIN = 20
const LONGEST = 20_000

/**
 * @param within - milliseconds; only there to say what hangs
 * @returns the first answer that is neither undefined nor false
 */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  within = LONGEST
): Promise<Exclude<T, undefined | false>> {
  const deadline = performance.now() + within
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) {
      return answer as Exclude<T, undefined | false>
    }
    if (performance.now() > deadline) {
      throw new Error(`${what}: not within ${within / 1000} s`)
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN))
  }
}
