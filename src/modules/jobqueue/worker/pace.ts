/**
 * How fast the jobs of one queue run here, and so how many may be claimed ahead. Claiming ahead saves a round trip for
 * each few quick jobs; a slow job claimed ahead would only wait here while other processes are idle.
 */

/** All jobs claimed ahead should run within this time, one after the other, as they do as suspects after a crash. */
const AHEAD_MILLISECONDS = 1000

/** A job that takes longer is slow: nothing is claimed ahead for a while. */
const SLOW_MILLISECONDS = 50
const SLOW_PAUSE_MILLISECONDS = 10_000

/** Jobs that must have run before their pace is believed. */
const ENOUGH = 20
const SHARE_OF_LATEST = 0.05
const SHORTEST_MILLISECONDS = 0.1

export class Pace {
  readonly #most: number
  #seen = 0
  #average = 0
  #slowUntil = -Infinity

  /** @param most - jobs that are claimed ahead at most; 0 is none */
  constructor(most: number) {
    this.#most = most
  }

  note(milliseconds: number, now: number): void {
    this.#seen++
    this.#average += (milliseconds - this.#average) * Math.max(SHARE_OF_LATEST, 1 / this.#seen)
    if (milliseconds > SLOW_MILLISECONDS) {
      this.pause(now)
    }
  }

  /** Claims nothing ahead for a while. */
  pause(now: number): void {
    this.#slowUntil = now + SLOW_PAUSE_MILLISECONDS
  }

  /** Jobs that may be claimed ahead. */
  ahead(now: number): number {
    if (this.#seen < ENOUGH || now < this.#slowUntil) {
      return 0
    }
    return Math.min(
      this.#most,
      Math.floor(AHEAD_MILLISECONDS / Math.max(SHORTEST_MILLISECONDS, this.#average))
    )
  }
}
