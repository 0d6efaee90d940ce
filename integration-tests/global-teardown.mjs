/** After the integration tests: lets go of their Postgres, and waits until it is gone. */
import { once } from "node:events"

export default async function globalTeardown() {
  const keeper = globalThis.__POSTGRES_KEEPER__
  if (!keeper) return
  const gone = once(keeper, "exit")
  keeper.stdin.end()
  await gone
}
