/** Fast in `npm test`; long with CHAOS=long (`npm run test:chaos`). */

const IS_LONG = process.env.CHAOS === "long"

/** How much a test does: its fast version, or its long one. */
export function pace<T>(fast: T, long: T): T {
  return IS_LONG ? long : fast
}
