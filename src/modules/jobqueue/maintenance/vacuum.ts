/** Vacuum: what is left of settled jobs is removed from the hot table while it is worked on. */
import type { Database } from "../table/database"
import { countDeadRows, mayVacuum, vacuumLive } from "../table/vacuum"

/** Fewer cost less to walk than a vacuum does. */
const ENOUGH_DEAD_ROWS = 5000

export async function vacuum(database: Database): Promise<void> {
  if ((await countDeadRows(database)) >= ENOUGH_DEAD_ROWS && (await mayVacuum(database))) {
    await vacuumLive(database)
  }
}
