/** Enqueue: one or many, at once or later, of a class that every process knows or of one that only some know. */
import fc from "fast-check"
import { Scripted } from "../module/jobs"
import type { ModeledJob } from "./modeled-job"
import { EXPECTED_PRIORITIES, type QueueModel } from "./queue-model"
import { QUEUE, type RealQueue } from "./real-queue"
import { step, type Step } from "./step"

/** No class of this process has it: only some of the modeled processes say that they know it. */
export const RARE = "test.rare"

const UNEXPECTED_PRIORITY = 250

interface Wanted {
  isRare: boolean
  priority: number
  hours: number
  maxAttempts: number
  keep: boolean
}

const wanted: fc.Arbitrary<Wanted> = fc.record({
  isRare: fc.nat(4).map((n) => n === 0),
  priority: fc.constantFrom(...EXPECTED_PRIORITIES, UNEXPECTED_PRIORITY),
  hours: fc.constantFrom(0, 0, 0, 0, 2, 5),
  maxAttempts: fc.constantFrom(1, 1, 2, 3),
  keep: fc.nat(4).map((n) => n > 0),
})

const one = wanted.map((options) => enqueueStep([options]))

// One call is for one class.
const many = fc
  .tuple(fc.boolean(), fc.array(wanted, { minLength: 2, maxLength: 6 }))
  .map(([isRare, list]) => enqueueStep(list.map((options) => ({ ...options, isRare }))))

const worn = fc
  .record({
    attempts: fc.constantFrom(2, 18, 20, 22),
    refunds: fc.integer({ min: 18, max: 20 }),
    crashes: fc.integer({ min: 0, max: 2 }),
  })
  .map(wornStep)

export const ENQUEUE_STEPS: fc.Arbitrary<Step>[] = [one, many, many, worn]

function enqueueStep(list: readonly Wanted[]): Step {
  return step(
    `enqueue ${JSON.stringify(list)}`,
    () => true,
    async (model, real) => void (await enqueue(model, real, list))
  )
}

async function enqueue(model: QueueModel, real: RealQueue, list: readonly Wanted[]): Promise<ModeledJob[]> {
  const identifier = list[0].isRare ? RARE : Scripted.identifier
  const requests = list.map(({ priority, hours, maxAttempts, keep }) => {
    const delay = hours === 0 ? {} : { delay: `${hours}h` as const }
    const backoff = { type: "fixed", delay: 0 } as const
    return { payload: {}, queue: QUEUE, priority, maxAttempts, keep, backoff, ...delay }
  })
  const written = await real.service.enqueueMany(identifier, requests)
  return written.map(({ id }, index) => add(model, Number(id), identifier, list[index]))
}

function add(model: QueueModel, id: number, identifier: string, options: Wanted): ModeledJob {
  const { priority, maxAttempts, keep, hours } = options
  const now = model.now()
  const none = { attempts: 0, crashes: 0, refunds: 0, kept: 0, finishedAt: 0, claim: null, worker: null }
  const not = { begun: false, cancelAsked: false, hasReason: false, hasResult: false }
  const when = { dueAt: now.hour + hours, ready: now.ready }
  const state = hours === 0 ? "pending" : "scheduled"
  const said = { identifier, priority, maxAttempts, firstLimit: maxAttempts, keep }
  const job: ModeledJob = { id, ...said, state, ...none, ...not, ...when }
  model.jobs.set(id, job)
  return job
}

interface Past {
  attempts: number
  refunds: number
  crashes: number
}

/** A job with a long past, as it would stand there: limits that take dozens of attempts come near. */
function wornStep(past: Past): Step {
  return step(
    `enqueue one with the past ${JSON.stringify(past)}`,
    () => true,
    async (model, real) => {
      const options = { isRare: false, priority: 10, hours: 0, maxAttempts: 25, keep: true }
      const [job] = await enqueue(model, real, [options])
      Object.assign(job, { ...past, kept: Math.min(20, past.attempts) })
      await writePast(real, job)
    }
  )
}

async function writePast(
  real: RealQueue,
  { id, attempts, refunds, crashes, kept }: ModeledJob
): Promise<void> {
  await real.sql("update jobqueue_live set attempts = $2, refunds = $3, crashes = $4 where id = $1", [
    id,
    attempts,
    refunds,
    crashes,
  ])
  await real.sql(
    `insert into jobqueue_attempt (job_id, claim, attempt, outcome, worker, started_at, finished_at, error_name)
    select $1, -n, n, 'retrying', 'past', now(), now(), 'Error' from generate_series($2::int - $3::int + 1, $2) n`,
    [id, attempts, kept]
  )
}
