/** Waits for what the processes of a scene do, and shows their logs when it does not come. */
import { until as untilAnswer } from "../until"
import type { Scene } from "./scene"

const LONGEST = 30_000

/**
 * @param within - milliseconds; only there to say what hangs
 * @returns the first answer that is neither undefined nor false
 */
export async function until<T>(
  scene: Scene,
  what: string,
  ask: () => T | Promise<T>,
  within = LONGEST
): Promise<Exclude<T, undefined | false>> {
  return untilAnswer(what, ask, within).catch((cause: Error) => {
    throw new Error(`${cause.message}\n${scene.log()}`, { cause })
  })
}

/** All jobs have ended. */
export async function untilNoneIsLeft(scene: Scene, within?: number): Promise<void> {
  const left = () => scene.sql("select * from jobqueue_live limit 5")
  await until(scene, "all jobs have ended", async () => (await left()).length === 0, within).catch(
    async (cause: Error) => {
      throw new Error(`${cause.message}\n${JSON.stringify(await left())}`, { cause })
    }
  )
}
