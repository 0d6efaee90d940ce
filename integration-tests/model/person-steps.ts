/** What a person does to a job in any state: allowed or refused as docs/states.md says, and refused changes nothing. */
import fc from "fast-check"
import type { State } from "./ending"
import { cancel, retry, type ModeledJob } from "./modeled-job"
import type { QueueModel } from "./queue-model"
import type { RealQueue } from "./real-queue"
import { nth, step, type Step } from "./step"

type Action = "retry" | "cancel" | "delete"

const ALLOWED: Record<Action, readonly State[]> = {
  retry: ["scheduled", "retrying", "held", "failed", "canceled"],
  cancel: ["scheduled", "pending", "running", "retrying", "held"],
  delete: ["scheduled", "pending", "retrying", "held", "completed", "failed", "canceled"],
}

interface Choice {
  action: Action
  /** Of the states that jobs are in: the rare ones are met as often as the others. */
  m: number
  n: number
}

const choice: fc.Arbitrary<Choice> = fc.record({
  action: fc.constantFrom("retry", "retry", "cancel", "cancel", "delete"),
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
  const id = String(job.id)
  const asked = { retry: service.retryJob, cancel: service.cancelJob, delete: service.deleteJob }[action]
  const answer = asked.call(service, id)
  if (!ALLOWED[action].includes(job.state)) {
    await expect(answer).rejects.toMatchObject({ type: "not_allowed" })
    return
  }
  await answer
  if (action === "delete") {
    model.jobs.delete(job.id)
  } else {
    const rule = { retry, cancel }[action]
    rule(job, model.now())
  }
}

export const PERSON_STEPS: fc.Arbitrary<Step>[] = [acts, acts, cancelsRunning]
