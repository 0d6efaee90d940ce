/**
 * Random lives of jobs, against the real tables and a model of them that knows the rules and none of the SQL.
 * A failure prints its seed, path and replayPath: set them as JOBQUEUE_MODEL_SEED, JOBQUEUE_MODEL_PATH and
 * JOBQUEUE_MODEL_REPLAY to live it again. CHAOS=long runs many more and longer ones.
 */
import fc from "fast-check"
import { CLAIM_STEPS, startProcess } from "../model/claim-steps"
import { ENQUEUE_STEPS } from "../model/enqueue-steps"
import { PERSON_STEPS } from "../model/person-steps"
import { QueueModel } from "../model/queue-model"
import { RealQueue } from "../model/real-queue"
import { RELEASE_STEPS } from "../model/release-steps"
import { SETTLE_STEPS } from "../model/settle-steps"
import { driveToTheEnd } from "../model/to-the-end"
import { TAKEOVER_STEPS } from "../model/takeover-steps"
import { UPKEEP_STEPS } from "../model/upkeep-steps"
import { jobqueueModule } from "./runner"

const STEPS = [
  ...ENQUEUE_STEPS,
  ...CLAIM_STEPS,
  ...RELEASE_STEPS,
  ...SETTLE_STEPS,
  ...PERSON_STEPS,
  ...UPKEEP_STEPS,
  ...TAKEOVER_STEPS,
]
const isLong = process.env.CHAOS === "long"
const {
  JOBQUEUE_MODEL_SEED: seed,
  JOBQUEUE_MODEL_PATH: path,
  JOBQUEUE_MODEL_REPLAY: replayPath,
} = process.env

const MINUTE = 60_000
const LIVES = isLong ? 600 : 100
const LONGEST_LIFE = isLong ? 150 : 60
/** Then a failure is printed as short as it has become, and a run that met none ends as it is. */
const TIME = isLong ? 8 * MINUTE : 2 * MINUTE

jobqueueModule({}, ({ service, database }) => {
  describe("a random life", () => {
    it(
      "leaves every job as the rules say, after each step, and nothing stuck at its end",
      async () => {
        const pool = database()
        const life = fc.commands(STEPS, { maxCommands: LONGEST_LIFE, size: "max", replayPath })
        await fc.assert(
          fc.asyncProperty(life, async (steps) => {
            const model = new QueueModel()
            const real = new RealQueue(service(), pool)
            await real.clear()
            await startProcess(model, real, true)
            await fc.asyncModelRun(() => ({ model, real }), steps)
            await driveToTheEnd(model, real)
          }),
          { numRuns: LIVES, interruptAfterTimeLimit: TIME, ...replay() }
        )
      },
      TIME + MINUTE
    )
  })
})

/** A seed of one's own, or that of a failure. */
function replay(): { seed?: number; path?: string } {
  return { ...(seed ? { seed: Number(seed) } : {}), ...(path ? { path } : {}) }
}
