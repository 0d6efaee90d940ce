/** Asks until something has happened that other processes do. */
import { setTimeout as delay } from "node:timers/promises"
import type { Scene } from "./scene"

const LOOK_AGAIN = 50

/**
 * @param within - milliseconds; only there to say what hangs
 * @returns the first answer that is neither undefined nor false
 */
export async function until<T>(
  scene: Scene,
  what: string,
  ask: () => T | Promise<T>,
  within = 30_000
): Promise<Exclude<T, undefined | false>> {
  const deadline = performance.now() + within
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) {
      return answer as Exclude<T, undefined | false>
    }
    if (performance.now() > deadline) {
      throw new Error(`${what}: not within ${within / 1000} s\n${scene.log()}`)
    }
    await delay(LOOK_AGAIN)
  }
}

/** All jobs have ended. */
export async function untilNoneIsLeft(scene: Scene, within?: number): Promise<void> {
  const left = () => scene.sql("select * from jobqueue_live limit 10")
  await until(scene, "all jobs have ended", async () => (await left()).length === 0, within).catch(
    async (error) => {
      throw new Error(`${error.message}\n${JSON.stringify(await left())}`)
    }
  )
}
