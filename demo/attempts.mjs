/** Which attempts, and which errors, a job of the demo must show when the server was killed in between. */

/** How the error of an attempt begins that died with its worker process. */
const DEATH = "The worker process that performed this attempt died"

/**
 * An attempt that died with the server counts. Where it was cut short, a further one took its place; where only its
 * answer was lost, or no attempt was left, it stands for one of those that were planned.
 * @param {{ state: string, attempts: number, errors: string[] }} planned - how the errors begin, in their order
 * @param {{ attempts: number, errors: string[] }} seen
 * @param {number} deaths - how often the server was killed: as many attempts of a job may have died
 * @returns {{ attempts: number, errors: string[] }} what must be seen
 */
export function expectedOf({ state, attempts, errors }, seen, deaths) {
  const places = placesOfDeath(seen.errors).slice(0, deaths)
  const further = seen.attempts - attempts
  const onTop = state === "failed" ? 0 : Math.min(Math.max(further, 0), places.length)
  const others = errors.slice(places.length - onTop)
  return {
    attempts: attempts + onTop,
    errors: places.reduce((all, place) => all.toSpliced(place, 0, DEATH), others),
  }
}

function placesOfDeath(errors) {
  return errors.flatMap((message, place) => (message.startsWith(DEATH) ? [place] : []))
}
