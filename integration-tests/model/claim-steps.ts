/** Claim: every kind, by several processes, with cursors or without; what comes must be what the model says. */
import fc from "fast-check"
import { Scripted } from "../module/jobs"
import { RARE } from "./enqueue-steps"
import { begin, type Kind, type ModeledJob } from "./modeled-job"
import { EXPECTED_PRIORITIES, type QueueModel } from "./queue-model"
import { QUEUE, type RealProcess, type RealQueue } from "./real-queue"
import { choose, step, type Chosen, type Step } from "./step"

/** After this time no cursor is believed: the next claim reads all that is pending. */
const LONGEST_BETWEEN_FULL_CLAIMS = 31_000

interface Ask {
  n: number
  kind: Kind
  limit: number
  milliseconds: number
}

export const ask: fc.Arbitrary<Ask> = fc.record({
  n: fc.nat(19),
  kind: fc.constantFrom("direct", "direct", "prefetch", "suspect", "suspect", "repeated"),
  limit: fc.integer({ min: 1, max: 5 }),
  milliseconds: fc.constantFrom(0, 0, 300, LONGEST_BETWEEN_FULL_CLAIMS),
})

const start = fc.boolean().map((knowsRare) =>
  step(
    `start a process that knows ${knowsRare ? "all" : "most"}`,
    ({ processes }) => processes.filter(({ isDead }) => !isDead).length < 4,
    (model, real) => startProcess(model, real, knowsRare)
  )
)

export async function startProcess(model: QueueModel, real: RealQueue, knowsRare: boolean): Promise<void> {
  const knows = knowsRare ? [Scripted.identifier, RARE] : [Scripted.identifier]
  const { worker } = await real.start(knows)
  model.processes.push({ worker, knows, isLapsed: false, isDead: false })
}

export const hasProcess = ({ processes }: QueueModel) => processes.length > 0

const claims = fc.tuple(ask, fc.boolean()).map(([wanted, looks]) =>
  step(`${looks ? "look and " : ""}claim ${JSON.stringify(wanted)}`, hasProcess, async (model, real) => {
    const chosen = choose(model, real, wanted.n) as Chosen
    if (looks) {
      await look(model, real, chosen)
    }
    await claim(model, chosen, wanted)
  })
)

/** What a process asks once a second; from then on its cursors may pass by what was drawn before. */
async function look(model: QueueModel, { backend }: RealQueue, { memory }: Chosen): Promise<void> {
  const { running, lastSeq, suspects } = await backend.bearings(memory.worker)
  const held = model.running().filter(({ worker }) => worker === memory.worker)
  const waiting = model.all().filter(({ state, crashes }) => state === "pending" && crashes > 0)
  expect(new Map(running.map(({ id, cancel }) => [id, cancel]))).toEqual(
    new Map(held.map(({ id, cancelAsked }) => [id, cancelAsked]))
  )
  expect(new Set(suspects.map(({ isRepeated }) => isRepeated))).toEqual(
    new Set(waiting.map(({ crashes }) => crashes > 1))
  )
  expect(suspects.every(({ queue }) => queue === QUEUE)).toBe(true)
  memory.claimer.lastSeq = lastSeq
}

/** One claim by a process; what it got must be what the model says. */
export async function claim(
  model: QueueModel,
  { modeled, memory }: Chosen,
  { kind, limit, milliseconds }: Omit<Ask, "n">
): Promise<number> {
  const may = model.eligible(modeled, kind)
  const isSuspect = kind === "suspect" || kind === "repeated"
  const asked = isSuspect ? 1 : limit
  memory.clock.milliseconds += milliseconds
  const isFull = isSuspect || milliseconds >= LONGEST_BETWEEN_FULL_CLAIMS
  const jobs = await memory.claimer.claim({ queue: QUEUE, identifiers: memory.knows, limit: asked, kind })
  const got = jobs.map(({ id }) => model.jobs.get(id) as ModeledJob)
  expect(got.filter((job) => !may.includes(job))).toEqual([])
  expect(missed(may, got, asked, isFull)).toEqual([])
  useToken(model, memory, new Set(jobs.map(({ claim: token }) => token)))
  for (const claimed of jobs) {
    begin(model.jobs.get(claimed.id) as ModeledJob, claimed.claim, memory.worker, kind)
    memory.hands.push({ claimed, kind })
  }
  expect(jobs.map(({ attempt }) => attempt)).toEqual(got.map(({ attempts }) => attempts))
  return jobs.length
}

/** What should have come, and did not: only a priority that nobody expects may wait for a full claim. */
function missed(may: ModeledJob[], got: ModeledJob[], limit: number, isFull: boolean): ModeledJob[] {
  const expectable = may.filter(({ priority }) => isFull || EXPECTED_PRIORITIES.includes(priority))
  const last = got.at(-1)
  const isBefore = (one: ModeledJob, other: ModeledJob) =>
    one.priority < other.priority || (one.priority === other.priority && one.ready < other.ready)
  const disorder = got.filter((job, index) => index > 0 && isBefore(job, got[index - 1]))
  const left = expectable.filter((job) => !got.includes(job))
  return [...disorder, ...(got.length < limit || !last ? left : left.filter((job) => isBefore(job, last)))]
}

/** One token for one claim, of this process, never used before. */
function useToken(model: QueueModel, { worker }: RealProcess, tokens: Set<number>): void {
  expect(tokens.size).toBeLessThanOrEqual(1)
  for (const token of tokens) {
    expect(model.tokens.has(token)).toBe(false)
    expect(Math.floor(token / 1e9)).toBe(worker)
    model.tokens.add(token)
  }
}

export const CLAIM_STEPS: fc.Arbitrary<Step>[] = [start, claims, claims, claims, claims, claims]
