/** Wrong clocks: of this process, and of the database. */
import type { TestDatabase } from "./database"

/**
 * From now on, `Date` in this process says something else; timers go on as they are.
 * @param offset - milliseconds, asked at each look at the clock
 * @returns what sets it right again
 */
export function setClockWrong(offset: () => number): () => void {
  const RightDate = Date
  class WrongDate extends RightDate {
    constructor(...given: unknown[]) {
      super(...((given.length === 0 ? [WrongDate.now()] : given) as [number]))
    }
    static override now(): number {
      return RightDate.now() + offset()
    }
    static override [Symbol.hasInstance](value: unknown): boolean {
      return Object.prototype.toString.call(value) === "[object Date]"
    }
  }
  globalThis.Date = WrongDate as DateConstructor
  return () => void (globalThis.Date = RightDate)
}

/**
 * Gives a database a clock that can be moved while sessions use it: its search path finds a `now()` of ours before
 * that of Postgres. (A preloaded libfaketime would need a package; this moves exactly what statements see.)
 * For sessions that begin afterwards.
 * @returns moves the clock by an interval, such as `"1 hour"` or `"-1 hour"`
 */
export async function movableClock({ sql, url }: TestDatabase): Promise<(by: string) => Promise<void>> {
  await sql("create schema clock")
  await sql("create table clock.moved as select interval '0' as by")
  for (const now of ["now", "transaction_timestamp", "statement_timestamp", "clock_timestamp"]) {
    const volatility = now === "clock_timestamp" ? "volatile" : "stable"
    await sql(`create function clock.${now}() returns timestamptz language sql ${volatility}
      as 'select pg_catalog.${now}() + by from clock.moved'`)
  }
  await sql(`alter database ${new URL(url).pathname.slice(1)} set search_path = clock, pg_catalog, public`)
  return async (by) => {
    await sql("update clock.moved set by = by + $1::interval", [by])
  }
}
