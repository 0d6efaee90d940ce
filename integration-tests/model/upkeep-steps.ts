/** What happens by time: the hour moves, due jobs are promoted, processes die and are rescued, old jobs are pruned. */
import fc from "fast-check"
import { prune } from "../../src/modules/jobqueue/maintenance/prune"
import { promoteDue } from "../../src/modules/jobqueue/table/promote"
import { rescueOrphans } from "../../src/modules/jobqueue/table/rescue"
import { registerWorker } from "../../src/modules/jobqueue/table/workers"
import { becomePending, isFinished, rescue } from "./modeled-job"
import type { ModeledProcess, QueueModel } from "./queue-model"
import { QUIET, type RealQueue } from "./real-queue"
import { nth, step, type Step } from "./step"

const HOUR = 3_600_000
/** A process that lives, as far as the table knows. */
const RESCUER = { host: "rescuer", pid: 1, version: "0", queues: [], identifiers: [] }
const KEPT_HOURS = { completed: 6, failed: 24, canceled: 24 }

/** The database's clock stays: everything that waits for it is moved into the past. */
export async function passHours(model: QueueModel, real: RealQueue, hours: number): Promise<void> {
  model.hour += hours
  await real.sql("update jobqueue_live set run_at = run_at - $1 * interval '1 hour'", [hours])
  await real.sql("update jobqueue_outcome set finished_at = finished_at - $1 * interval '1 hour'", [hours])
}

/** Ready in the order in which they were due; those of the same hour in any. */
export async function promoteJobs(model: QueueModel, { database }: RealQueue): Promise<void> {
  await promoteDue(database)
  const due = model.due().sort((one, other) => one.dueAt - other.dueAt)
  let now = model.now()
  due.forEach((job, index) => {
    const isLater = index > 0 && job.dueAt > due[index - 1].dueAt
    now = isLater ? model.now() : now
    becomePending(job, now)
  })
}

/** It died, or was stopped: what it held goes on in its memory. */
export async function lapse(process: ModeledProcess, real: RealQueue): Promise<void> {
  process.isLapsed = true
  const past = "update jobqueue_worker set lease_until = now() - interval '1 second' where id = $1"
  await real.sql(past, [process.worker])
}

const beating = ({ processes }: QueueModel) => processes.filter(({ isLapsed }) => !isLapsed)

export async function rescueAll(model: QueueModel, { database }: RealQueue): Promise<void> {
  const { jobs } = await rescueOrphans(database, await registerWorker(database, RESCUER))
  model.processes.forEach((process) => (process.isDead ||= process.isLapsed))
  const orphans = model.orphans()
  expect(jobs.map(({ id }) => id).sort()).toEqual(orphans.map(({ id }) => id).sort())
  const now = model.now()
  orphans.forEach((job) => rescue(job, now))
}

async function pruneOld(model: QueueModel, { database }: RealQueue): Promise<void> {
  const { completed, failed, canceled } = KEPT_HOURS
  await prune(
    database,
    { completed: completed * HOUR, failed: failed * HOUR, canceled: canceled * HOUR },
    QUIET
  )
  for (const job of model.all().filter(isFinished)) {
    if (model.hour - job.finishedAt >= KEPT_HOURS[job.state as keyof typeof KEPT_HOURS]) {
      model.jobs.delete(job.id)
    }
  }
}

const always = () => true

const passes = fc
  .constantFrom(1, 3, 12)
  .map((hours) => step(`${hours} h pass`, always, (model, real) => passHours(model, real, hours)))
const lapses = fc.nat(9).map((n) =>
  step(
    `the lease of process ${n} runs out`,
    (model) => beating(model).length > 0,
    (model, real) => lapse(nth(beating(model), n) as ModeledProcess, real)
  )
)
const promotes = fc.constant(step("promote", always, promoteJobs))
const rescues = fc.constant(step("rescue", always, rescueAll))
const prunes = fc.constant(step("prune", always, pruneOld))

export const UPKEEP_STEPS: fc.Arbitrary<Step>[] = [passes, lapses, promotes, promotes, rescues, prunes]
