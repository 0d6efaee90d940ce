/** From a checked request and its store to the job that is written, and from that to the one that is answered. */
import { toMilliseconds } from "../job/duration"
import type { EnqueuedJob } from "../job/job"
import type { JsonValue } from "../job/json"
import { fillName } from "../job/name-template"
import { toUnique } from "../job/unique"
import type { JobFacts, NewJob, WrittenJob } from "../table/new-job"
import type { CheckedRequest } from "./check-request"
import type { FoundStore } from "./find-store"

/** Facts of requests that were decided and found together: they stay the same object as long as both do. */
const knownFacts = new WeakMap<FoundStore, WeakMap<CheckedRequest["decided"], JobFacts>>()

export function factsOf(request: CheckedRequest, store: FoundStore): JobFacts {
  const ofStore = knownFacts.get(store) ?? new WeakMap<CheckedRequest["decided"], JobFacts>()
  const facts = ofStore.get(request.decided) ?? newFacts(request, store)
  knownFacts.set(store, ofStore.set(request.decided, facts))
  return facts
}

function newFacts({ identifier, decided }: CheckedRequest, found: FoundStore): JobFacts {
  const { queue, settings, keep, options } = decided
  const timeout = settings.timeout === null ? null : toMilliseconds(settings.timeout)
  return { queue, identifier, ...found, ...settings, timeout, keep, tags: options.tags ?? [] }
}

export function newJob(request: CheckedRequest, facts: JobFacts): NewJob {
  const { decided, payloadText } = request
  const {
    name = defaultName(request),
    resource: resources,
    unique,
    runAt = null,
    delay = 0,
  } = decided.options
  const resource = resources?.[0] ?? null
  const job: NewJob = { facts, name, resource, payload: payloadText, runAt, delay: toMilliseconds(delay) }
  if (resources && resources.length > 1) {
    job.resources = resources
  }
  if (unique) {
    job.unique = toUnique(unique)
  }
  return job
}

function defaultName({ identifier, decided, payload }: CheckedRequest): string {
  const { nameTemplate, redact: secrets } = decided
  return nameTemplate === undefined ? identifier : fillName(nameTemplate, payload, secrets)
}

// One literal, whatever its length: made of parts it costs a bulk enqueue a tenth of its CPU.
// eslint-disable-next-line max-lines-per-function -- a line for each field
export function toEnqueued(
  { facts, name, resource, resources, unique }: NewJob,
  payload: JsonValue,
  { id, state, run_at, created_at }: WrittenJob,
  deduplicated = false
): EnqueuedJob {
  return {
    id: String(id),
    identifier: facts.identifier,
    name,
    queue: facts.queue,
    state,
    priority: facts.priority,
    attempts: 0,
    max_attempts: facts.maxAttempts,
    backoff: facts.backoff,
    timeout: facts.timeout,
    payload,
    context: facts.context,
    store_id: facts.storeId,
    store_assumed: facts.storeAssumed,
    resource_type: resource?.type ?? null,
    resource_id: resource?.id ?? null,
    resources: resources ?? (resource ? [resource] : []),
    unique_key: unique?.key ?? null,
    tags: [...facts.tags],
    reason: null,
    result: null,
    run_at,
    started_at: null,
    finished_at: null,
    created_at,
    updated_at: created_at,
    deduplicated,
  }
}
