/** What a person does to a job in any state: allowed or refused as docs/states.md says, and refused changes nothing. */
import fc from "fast-check"
import type { State } from "./ending"
import { cancel, clone, hold, restart, retry, type ModeledJob } from "./modeled-job"
import type { QueueModel } from "./queue-model"
import type { RealQueue } from "./real-queue"
import { nth, step, type Step } from "./step"

const WAITING: readonly State[] = ["scheduled", "pending", "retrying"]
const FINISHED: readonly State[] = ["completed", "failed", "canceled"]

const ALLOWED = {
  retry: ["scheduled", "retrying", "held", "failed", "canceled"],
  restart: [...WAITING, "held", ...FINISHED],
  hold: WAITING,
  release: ["held"],
  cancel: [...WAITING, "running", "held"],
  clone: [...WAITING, "running", "held", ...FINISHED],
  delete: [...WAITING, "held", ...FINISHED],
} as const satisfies Record<string, readonly State[]>

type Action = keyof typeof ALLOWED

const RULES = { retry, release: retry, restart, hold, cancel }

interface Choice {
  action: Action
  /** Of the states that jobs are in: the rare ones are met as often as the others. */
  m: number
  n: number
}

const choice: fc.Arbitrary<Choice> = fc.record({
  action: fc.constantFrom<Action[]>(
    ...["retry" as const, "retry" as const, "cancel" as const, "cancel" as const],
    ...["restart" as const, "hold" as const, "release" as const, "clone" as const, "delete" as const]
  ),
  m: fc.nat(9),
  n: fc.nat(9),
})

const acts = choice.map(({ action, m, n }) =>
  step(
    `${action} job ${n} of state ${m}`,
    ({ jobs }) => jobs.size > 0,
    async (model, real) => {
      const states = [...new Set(model.all().map(({ state }) => state))].sort()
      const jobs = model.all().filter(({ state }) => state === nth(states, m))
      await act(model, real, action, nth(jobs, n) as ModeledJob)
    }
  )
)

const cancelsRunning = fc.nat(9).map((n) =>
  step(
    `cancel running job ${n}`,
    (model) => model.running().length > 0,
    (model, real) => act(model, real, "cancel", nth(model.running(), n) as ModeledJob)
  )
)

export async function act(
  model: QueueModel,
  { service }: RealQueue,
  action: Action,
  job: ModeledJob
): Promise<void> {
  const answer: Promise<{ id: string }> = service[`${action}Job`](String(job.id))
  if (!(ALLOWED[action] as readonly State[]).includes(job.state)) {
    await expect(answer).rejects.toMatchObject({ type: "not_allowed" })
    return
  }
  const { id } = await answer
  if (action === "delete") {
    model.jobs.delete(job.id)
  } else if (action === "clone") {
    model.jobs.set(Number(id), clone(job, Number(id), model.now()))
  } else {
    RULES[action](job, model.now())
  }
}

export const PERSON_STEPS: fc.Arbitrary<Step>[] = [acts, acts, cancelsRunning]
