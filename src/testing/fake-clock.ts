/** A clock that a test moves. The database's clock decides when jobs run, so what was written moves into the past. */
import { toMilliseconds, type Duration } from "../modules/jobqueue/job/duration"
import { shiftTime } from "../modules/jobqueue/table/shift-time"
import { clockInThePast } from "./errors"
import { engineOf, type Testable } from "./engine"

export interface FakeClock {
  /** The moment that the jobs live in: the real one, and what this clock was moved. */
  now: () => Date
  /** Lets time pass for all jobs: due ones are performed by the next `drain`, or by a worker that runs. */
  advance: (time: Duration) => Promise<void>
  /** Lets the time pass until `moment`. @throws MedusaError for one that lies in the past */
  advanceTo: (moment: Date) => Promise<void>
}

/**
 * Moves the times of all jobs in the database of the test: never use it on data that you want to keep.
 *
 * @example
 * const clock = fakeClock(container)
 * await clock.advance("1h")
 * await drain(container)
 */
export function fakeClock(container: Testable): FakeClock {
  const { database } = engineOf(container)
  let moved = 0
  const pass = async (milliseconds: number) => {
    await shiftTime(database, milliseconds)
    moved += milliseconds
  }
  const now = () => new Date(Date.now() + moved)
  return {
    now,
    advance: (time) => pass(toMilliseconds(time)),
    advanceTo: async (moment) => {
      const milliseconds = moment.getTime() - now().getTime()
      if (milliseconds < 0) {
        throw clockInThePast(now(), moment)
      }
      await pass(milliseconds)
    },
  }
}
