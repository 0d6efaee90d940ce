/** Compares every job of the tables with the model, whatever table it stands in. */
import { isFinished, type ModeledJob } from "./modeled-job"
import type { QueueModel } from "./queue-model"
import type { RealQueue } from "./real-queue"

// Full joins, so that a row that belongs to no job is seen. "places" must be one: live or outcome.
const ROWS = `
select coalesce(r.id, l.id, o.id, a.job_id) as id, (r.id is not null) as requested,
  (l.id is not null)::int + (o.id is not null)::int as places, o.id is not null as finished,
  coalesce(l.state, o.state) as state, v.state as seen,
  coalesce(l.attempts, o.attempts) as attempts, coalesce(l.max_attempts, o.max_attempts) as "maxAttempts",
  coalesce(l.crashes, 0) as crashes, coalesce(l.refunds, 0) as refunds, coalesce(l.begun, false) as begun,
  coalesce(l.cancel, false) as "cancelAsked", coalesce(l.reason, o.reason) is not null as "hasReason",
  o.result is not null as "hasResult", coalesce(l.claim, o.claim) as claim, l.worker,
  coalesce(a.kept, 0) as kept, l.state in ('scheduled', 'retrying') and l.run_at <= now() as due, l.seq
from jobqueue_request r
full join jobqueue_live l on l.id = r.id
full join jobqueue_outcome o on o.id = coalesce(r.id, l.id)
full join (select job_id, count(*)::int as kept from jobqueue_attempt group by job_id) a
  on a.job_id = coalesce(r.id, l.id, o.id)
left join jobqueue_job v on v.id = coalesce(r.id, l.id, o.id)
order by 1`

interface Row {
  id: number
  state: string
  attempts: number
  maxAttempts: number
  kept: number
  seq: number
}

/** @throws the difference, when the tables say anything else than the model */
export async function agree(model: QueueModel, real: RealQueue): Promise<void> {
  const rows = await real.sql<Row>(ROWS)
  expect(rows.map(({ seq: _, ...row }) => row)).toEqual(
    model
      .all()
      .sort((one, other) => one.id - other.id)
      .map((job) => expected(job, model.hour))
  )
  expect(rows.filter(({ attempts, maxAttempts }) => attempts > maxAttempts || attempts < 0)).toEqual([])
  expect(readyOrder(model, rows)).toEqual([...readyOrder(model, rows)].sort((one, other) => one - other))
}

function expected(job: ModeledJob, hour: number): object {
  const { id, state, attempts, maxAttempts, hasReason, hasResult, claim } = job
  const { kept } = job
  const finished = isFinished(job)
  const said = { id, requested: true, places: 1, finished, state, seen: state }
  const counted = { attempts, maxAttempts, hasReason, hasResult, claim, kept }
  if (finished) {
    const none = { crashes: 0, refunds: 0, begun: false, cancelAsked: false, worker: null, due: null }
    return { ...said, ...counted, ...none }
  }
  const { crashes, refunds, begun, cancelAsked, worker, dueAt } = job
  const due = (state === "scheduled" || state === "retrying") && dueAt <= hour
  return { ...said, ...counted, crashes, refunds, begun, cancelAsked, worker, due }
}

/** The model's order of becoming ready, as the table orders the pending jobs. */
function readyOrder(model: QueueModel, rows: readonly Row[]): number[] {
  return rows
    .filter(({ state }) => state === "pending")
    .sort((one, other) => one.seq - other.seq)
    .map(({ id }) => model.jobs.get(id)?.ready ?? 0)
}
