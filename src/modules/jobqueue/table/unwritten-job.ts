/** A job that is performed before it is written, as a claim would have returned it at its first attempt. */
import { ClaimedJob, SEPARATOR } from "./claimed-job"
import { extrasOf } from "./extras"
import type { NewJob } from "./new-job"
import { textArray } from "./statement"

/** No claim: the job has no row yet. No worker makes such a token. */
const UNCLAIMED = 0

export function unwrittenJob(job: NewJob, { id, at }: { id: number; at: Date }): ClaimedJob {
  const packed = [...needed(job), ...rarelyNeeded(job, timestampText(at))].join(SEPARATOR)
  return new ClaimedJob([id, 1, packed], { claim: UNCLAIMED, queue: job.facts.queue })
}

/** As the claim packs what each job needs. */
function needed({ facts, name, payload }: NewJob): (string | number)[] {
  const { priority, identifier, maxAttempts, timeout, keep, storeId, context } = facts
  const names = [identifier, text(name)]
  return [
    0,
    priority,
    ...names,
    maxAttempts,
    timeout ?? "",
    flag(keep),
    payload,
    text(storeId),
    JSON.stringify(context),
  ]
}

/** As the claim packs the rest. */
function rarelyNeeded(job: NewJob, now: string): (string | number)[] {
  const { facts, resource } = job
  const tags = text(textArray([...facts.tags]))
  const about = [text(resource?.type), text(resource?.id)]
  return [
    JSON.stringify(facts.backoff),
    0,
    tags,
    ...about,
    flag(facts.storeAssumed),
    now,
    now,
    now,
    extrasOf(job) ?? "",
  ]
}

function text(value: string | null | undefined): string {
  return (value ?? "").replaceAll(SEPARATOR, " ")
}

function flag(value: boolean): string {
  return value ? "t" : "f"
}

/** As Postgres writes it. */
function timestampText(time: Date): string {
  return time.toISOString().replace("T", " ").replace("Z", "+00")
}
