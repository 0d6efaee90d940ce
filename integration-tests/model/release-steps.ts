/** Release: jobs claimed ahead, and those of a claim whose answer was lost, go back as if they had not been claimed. */
import fc from "fast-check"
import { ask, claim, hasProcess } from "./claim-steps"
import { isHeldBy, release, type ModeledJob } from "./modeled-job"
import type { QueueModel } from "./queue-model"
import type { Hand, RealProcess } from "./real-queue"
import { choose, nth, some, step, type Chosen, type Step } from "./step"

const process = fc.nat(19)
const picks = fc.array(fc.nat(9), { minLength: 1, maxLength: 3 })

const isAhead = ({ kind }: Hand) => kind === "prefetch"

const losesAnswer = ask.map((wanted) =>
  step(`lose the answer of claim ${JSON.stringify(wanted)}`, hasProcess, async (model, real) => {
    const chosen = choose(model, real, wanted.n) as Chosen
    const { hands, lost } = chosen.memory
    const before = hands.length
    await claim(model, chosen, wanted)
    const [hand] = hands.splice(before)
    lost.push(...(hand ? [hand.claimed.claim] : []))
  })
)

const releasesLost = fc.tuple(process, fc.nat(3)).map(([n, m]) =>
  step(`release lost claim ${m} of process ${n}`, hasProcess, async (model, real) => {
    const chosen = choose(model, real, n, ({ lost }) => lost.length > 0)
    const token = nth(chosen?.memory.lost ?? [], m)
    if (chosen && token) {
      await real.backend.releaseClaim(chosen.memory.worker, token)
      const held = model.all().filter((job) => isHeldBy(job, token))
      releaseAll(model, held)
    }
  })
)

const releases = fc.tuple(process, picks).map(([n, which]) =>
  step(`process ${n} claims ahead and releases ${which.join()}`, hasProcess, async (model, real) => {
    const chosen = choose(model, real, n) as Chosen
    const { memory } = chosen
    await claim(model, chosen, { kind: "prefetch", limit: 2, milliseconds: 0 })
    memory.released = some(memory.hands.filter(isAhead), which)
    memory.hands = memory.hands.filter((hand) => !memory.released.includes(hand))
    await releaseHands(model, memory, memory.released)
  })
)

const releasesAgain = fc.tuple(process, fc.boolean()).map(([n, claimsFirst]) =>
  step(
    `process ${n} ${claimsFirst ? "claims anew and " : ""}releases again what it released last`,
    hasProcess,
    async (model, real) => {
      const chosen = choose(model, real, n, ({ released }) => released.length > 0)
      if (chosen && claimsFirst) {
        await claim(model, chosen, { kind: "direct", limit: 5, milliseconds: 0 })
      }
      await releaseAgain(model, chosen?.memory)
    }
  )
)

async function releaseAgain(model: QueueModel, memory: RealProcess | undefined): Promise<void> {
  if (memory) {
    await releaseHands(model, memory, memory.released)
  }
}

async function releaseHands(model: QueueModel, memory: RealProcess, hands: readonly Hand[]): Promise<void> {
  await memory.claimer.release(hands.map(({ claimed }) => claimed))
  const held = hands.filter(({ claimed }) => isHeldBy(model.jobs.get(claimed.id), claimed.claim))
  releaseAll(
    model,
    held.map(({ claimed }) => model.jobs.get(claimed.id) as ModeledJob)
  )
}

/** Of one statement: they become ready together. */
function releaseAll(model: QueueModel, jobs: readonly ModeledJob[]): void {
  const now = model.now()
  jobs.forEach((job) => release(job, now))
}

export const RELEASE_STEPS: fc.Arbitrary<Step>[] = [losesAnswer, releasesLost, releases, releasesAgain]
