/** Settle: every ending, in batches, sent again after a lost answer, and by processes that were declared dead. */
import fc from "fast-check"
import type { Deviation } from "../../src/modules/jobqueue/backend/contract"
import type { Settlement } from "../../src/modules/jobqueue/table/settle"
import { ENDING_NAMES, ENDINGS, type RealEnding } from "./endings"
import { isFinished, isHeldBy, settle, type Moment } from "./modeled-job"
import type { QueueModel } from "./queue-model"
import type { Hand, RealProcess, RealQueue } from "./real-queue"
import { choose, some, step, type Step } from "./step"

const settles = fc
  .record({
    n: fc.nat(19),
    picks: fc.array(fc.nat(9), { minLength: 1, maxLength: 4 }),
    endings: fc.array(fc.constantFrom(...ENDING_NAMES), { minLength: 4, maxLength: 4 }),
  })
  .map(({ n, picks, endings }) =>
    step(
      `settle at process ${n} jobs ${picks.join()} with "${endings.slice(0, picks.length).join('", "')}"`,
      ({ processes }) => processes.length > 0,
      async (model, real) => {
        const chosen = choose(model, real, n, ({ hands }) => hands.length > 0)
        const hands = some(chosen?.memory.hands ?? [], picks)
        const batch = hands.map((hand, index) => ({ hand, ending: ENDINGS[endings[index]] }))
        await settleHands(model, real, chosen?.memory, batch)
      }
    )
  )

export interface Ended {
  hand: Hand
  ending: RealEnding
}

/** One batch; the jobs leave the memory of their process, whatever came of it. */
export async function settleHands(
  model: QueueModel,
  real: RealQueue,
  memory: RealProcess | undefined,
  batch: readonly Ended[]
): Promise<void> {
  if (!memory || batch.length === 0) {
    return
  }
  memory.hands = memory.hands.filter((hand) => !batch.some((ended) => ended.hand === hand))
  memory.sent = batch.map(toSettlement)
  const isMine = ({ hand: { claimed } }: Ended) => isHeldBy(model.jobs.get(claimed.id), claimed.claim)
  const mine = batch.filter(isMine).map(({ hand }) => hand.claimed.id)
  const strangers = batch.filter((ended) => !isMine(ended) && model.jobs.has(ended.hand.claimed.id))

  const refused = refusedOf(await real.backend.settle(memory.sent, false))

  expect(mine.filter((id) => refused.has(id))).toEqual([])
  const traceless = strangers.filter(
    ({ hand: { claimed } }) => model.jobs.get(claimed.id)?.claim !== claimed.claim
  )
  expect(traceless.filter(({ hand }) => !refused.has(hand.claimed.id))).toEqual([])
  const now = model.now()
  batch.filter(isMine).forEach((ended) => settleOne(model, ended, now))
}

function refusedOf(deviations: ReadonlyMap<number, Deviation>): Set<number> {
  return new Set([...deviations].filter(([, became]) => became === "refused").map(([id]) => id))
}

function toSettlement({ hand: { claimed }, ending }: Ended): Settlement {
  const { id, claim, attempt, keep } = claimed
  return { id, claim, attempt, keep, worker: "model:1", conclusion: ending.real(claimed) }
}

/** A completed job that keeps nothing is gone. */
function settleOne(model: QueueModel, { hand, ending }: Ended, now: Moment): void {
  const job = model.jobs.get(hand.claimed.id)
  if (job) {
    settle(job, ending, now)
    if (job.state === "completed" && !job.keep) {
      model.jobs.delete(job.id)
    }
  }
}

/** Its answer was lost: nothing changes, and what the first sending did is not taken for a refusal. */
const settlesAgain = fc.nat(19).map((n) =>
  step(
    `process ${n} sends its last settle again`,
    ({ processes }) => processes.length > 0,
    async (model, real) => {
      const sent = choose(model, real, n, (memory) => memory.sent.length > 0)?.memory.sent ?? []
      if (sent.length > 0) {
        const refused = refusedOf(await real.backend.settle(sent, true))
        const traced = sent.filter(({ id, claim }) => {
          const job = model.jobs.get(id)
          return job !== undefined && job.claim === claim && (isFinished(job) || job.state !== "running")
        })
        expect(traced.filter(({ id }) => refused.has(id))).toEqual([])
      }
    }
  )
)

export const SETTLE_STEPS: fc.Arbitrary<Step>[] = [settles, settles, settles, settlesAgain]
