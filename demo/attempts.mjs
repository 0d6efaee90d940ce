/** Which attempts, and which errors, a job of the demo must show when the server was killed in between. */

/** How the error of an attempt begins that died with its worker process. */
const DEATH = "The worker process that performed this attempt died"

/**
 * An attempt that died with the server counts. Where it was cut short, a further one took its place; where only its
 * answer was lost, or no attempt was left, it stands for one of those that were planned.
 * @param {{ state: string, attempts: number, errors: string[] }} planned - how the errors begin, in their order
 * @param {{ attempts: number, errors: string[] }} seen
 * @returns {{ attempts: number, errors: string[] }} what must be seen
 */
export function expectedOf({ state, attempts, errors }, seen, killed) {
  const place = seen.errors.findIndex((message) => message.startsWith(DEATH))
  if (!killed || place < 0) return { attempts, errors }
  const isOnTop = state !== "failed" && seen.attempts > attempts
  const others = isOnTop ? errors : errors.slice(1)
  return { attempts: attempts + Number(isOnTop), errors: others.toSpliced(place, 0, DEATH) }
}
