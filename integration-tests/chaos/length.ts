/** The two lengths of the crash tests: fast in `npm test`, long (CHAOS=long) in `npm run test:chaos`; and their seed. */

export const IS_LONG = process.env.CHAOS === "long"

/** Jest's own limit is for what hangs: each wait in these tests has one that is shorter. */
export const TEST_TIMEOUT = IS_LONG ? 900_000 : 120_000

export function chosen<T>(length: { fast: T; long: T }): T {
  return IS_LONG ? length.long : length.fast
}

/** Numbers from 0 to 1 that a seed decides; the seed is printed, and CHAOS_SEED repeats it. */
export function seededRandom(what: string): () => number {
  const seed = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 31))
  process.stderr.write(`${what}: CHAOS_SEED=${seed}\n`)
  let state = seed
  // mulberry32
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
