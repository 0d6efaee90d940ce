/**
 * A process is declared dead and goes on: others hold its jobs while it still brings their outcomes. Single steps meet
 * this too, but seldom.
 */
import fc from "fast-check"
import { claim, startProcess } from "./claim-steps"
import { ENDING_NAMES, ENDINGS, type EndingName } from "./endings"
import type { QueueModel } from "./queue-model"
import type { Hand, RealProcess, RealQueue } from "./real-queue"
import { settleHands } from "./settle-steps"
import { choose, step, type Chosen, type Step } from "./step"
import { lapse, rescueAll } from "./upkeep-steps"

const isHeldElsewhere = (model: QueueModel, { claimed }: Hand) => {
  const job = model.jobs.get(claimed.id)
  return job?.state === "running" && job.claim !== claimed.claim
}

const takesOver = fc
  .record({
    n: fc.nat(6),
    m: fc.nat(6),
    limit: fc.integer({ min: 1, max: 3 }),
    name: fc.constantFrom(...ENDING_NAMES),
  })
  .map((takeover) => {
    const { n, m, limit, name } = takeover
    return step(
      `process ${n} claims ${limit}, is declared dead, and says "${name}" of a job that ${m} took meanwhile`,
      ({ processes }) => processes.some(({ isDead }) => !isDead),
      (model, real) => takeOver(model, real, takeover)
    )
  })

interface Takeover {
  n: number
  m: number
  limit: number
  name: EndingName
}

async function takeOver(model: QueueModel, real: RealQueue, { n, m, limit, name }: Takeover): Promise<void> {
  const dying = choose(model, real, n) as Chosen
  await claim(model, dying, { kind: "direct", limit, milliseconds: 300 })
  await lapse(dying.modeled, real)
  await rescueAll(model, real)
  await startProcess(model, real, true)
  await claim(model, choose(model, real, m) as Chosen, { kind: "suspect", limit: 1, milliseconds: 0 })
  await settleLate(model, real, dying.memory, name)
}

const settlesLate = fc.tuple(fc.nat(9), fc.constantFrom(...ENDING_NAMES)).map(([n, name]) =>
  step(
    `process ${n} settles a job that another one holds by now with "${name}"`,
    (model) => model.running().length > 0,
    async (model, real) => {
      const isLate = ({ hands }: RealProcess) => hands.some((hand) => isHeldElsewhere(model, hand))
      await settleLate(model, real, choose(model, real, n, isLate)?.memory, name)
    }
  )
)

async function settleLate(
  model: QueueModel,
  real: RealQueue,
  memory: RealProcess | undefined,
  name: EndingName
): Promise<void> {
  const hand = memory?.hands.find((one) => isHeldElsewhere(model, one))
  await settleHands(model, real, memory, hand ? [{ hand, ending: ENDINGS[name] }] : [])
}

export const TAKEOVER_STEPS: fc.Arbitrary<Step>[] = [takesOver, settlesLate]
