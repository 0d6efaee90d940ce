/** After a random life nothing may be stuck: every job that is left can be brought to an end. */
import { agree } from "./agreement"
import { claim, startProcess } from "./claim-steps"
import { ENDINGS } from "./endings"
import type { Kind } from "./modeled-job"
import { act } from "./person-steps"
import type { QueueModel } from "./queue-model"
import type { RealQueue } from "./real-queue"
import { settleHands } from "./settle-steps"
import { lapse, passHours, promoteJobs, rescueAll } from "./upkeep-steps"

const ROUNDS = 20
const DAY = 24

/** All processes die, a new one takes over, and a person retries what is held. */
export async function driveToTheEnd(model: QueueModel, real: RealQueue): Promise<void> {
  for (const process of model.processes) {
    await lapse(process, real)
  }
  await rescueAll(model, real)
  await startProcess(model, real, true)
  for (let round = 0; round < ROUNDS && model.isUnderWay(); round++) {
    await passHours(model, real, DAY)
    await promoteJobs(model, real)
    for (const job of model.all().filter(({ state }) => state === "held")) {
      await act(model, real, "retry", job)
    }
    await completeAll(model, real, "direct")
    await completeAll(model, real, "suspect")
    await completeAll(model, real, "repeated")
    await agree(model, real)
  }
  expect(model.all().filter(({ state }) => !["completed", "failed", "canceled"].includes(state))).toEqual([])
  expect(await real.sql("select from jobqueue_live")).toEqual([])
}

async function completeAll(model: QueueModel, real: RealQueue, kind: Kind): Promise<void> {
  const [modeled, memory] = [model.processes.at(-1), real.processes.at(-1)]
  if (modeled && memory) {
    const wanted = { kind, limit: 48, milliseconds: 31_000 }
    while ((await claim(model, { modeled, memory }, wanted)) > 0) {
      const batch = memory.hands.map((hand) => ({ hand, ending: ENDINGS.completes }))
      await settleHands(model, real, memory, batch)
    }
  }
}
