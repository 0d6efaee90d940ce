/**
 * A job that this process holds, as its claim returned it. What few jobs look at is decoded at first use: at
 * 50,000 jobs a second each column costs.
 */
import type { Backoff } from "../job/backoff"
import type { Job } from "../job/job"
import type { JsonValue } from "../job/json"
import type { StoreContext } from "../job/store-context"
import type { Extras } from "./extras"
import { parseTextArray, parseTimestamp } from "./statement"

/** Of `claimed c` and `request r`, as texts, in the order of `Packed`. */
export const PACKED_COLUMNS = [
  "r.backoff::text",
  "c.refunds::text",
  "r.tags::text",
  "r.resource_type",
  "r.resource_id",
  "r.store_assumed::text",
  "c.run_at::text",
  "r.created_at::text",
  "c.claimed_at::text",
  "r.extras::text",
]

interface Packed {
  backoff: Backoff
  refunds: number
  tags: string[]
  resourceType: string | null
  resourceId: string | null
  storeAssumed: boolean
  runAt: Date
  createdAt: Date
  claimedAt: Date
  extras: Extras
}

export class ClaimedJob {
  readonly id: number
  readonly claim: number
  readonly queue: string
  readonly seq: number
  readonly priority: number
  readonly identifier: string
  readonly name: string
  /** This attempt's number; 1 is the first. */
  readonly attempt: number
  readonly maxAttempts: number
  /** Milliseconds; null is without limit. */
  readonly timeout: number | null
  readonly keep: boolean
  readonly storeId: string | null
  readonly #payload: string
  readonly #context: string
  readonly #packed: string
  #unpacked: Packed | undefined
  #job: Job | undefined

  constructor(row: readonly unknown[], { claim, queue }: { claim: number; queue: string }) {
    this.claim = claim
    this.queue = queue
    this.id = row[0] as number
    this.seq = row[1] as number
    this.priority = row[2] as number
    this.identifier = row[3] as string
    this.name = row[4] as string
    this.attempt = row[5] as number
    this.maxAttempts = row[6] as number
    this.timeout = row[7] as number | null
    this.keep = row[8] as boolean
    this.#payload = row[9] as string
    this.storeId = row[10] as string | null
    this.#context = row[11] as string
    this.#packed = row[12] as string
  }

  /** Parsed anew at each call: it is the job's own to change. */
  payload(): JsonValue {
    return JSON.parse(this.#payload) as JsonValue
  }

  get backoff(): Backoff {
    return this.#unpack().backoff
  }

  /** How often an attempt of it was given back. */
  get refunds(): number {
    return this.#unpack().refunds
  }

  get job(): Job {
    return (this.#job ??= this.#toJob())
  }

  #unpack(): Packed {
    return (this.#unpacked ??= unpack(parseTextArray(this.#packed)))
  }

  #toJob(): Job {
    const packed = this.#unpack()
    return {
      id: String(this.id),
      identifier: this.identifier,
      name: this.name,
      queue: this.queue,
      state: "running",
      priority: this.priority,
      attempts: this.attempt,
      max_attempts: this.maxAttempts,
      backoff: packed.backoff,
      timeout: this.timeout,
      payload: this.payload(),
      context: JSON.parse(this.#context) as StoreContext,
      store_id: this.storeId,
      store_assumed: packed.storeAssumed,
      ...about(packed),
      tags: packed.tags,
      reason: null,
      result: null,
      run_at: packed.runAt,
      started_at: packed.claimedAt,
      finished_at: null,
      created_at: packed.createdAt,
      updated_at: packed.claimedAt,
    }
  }
}

function about({
  extras,
  resourceType: type,
  resourceId: id,
}: Packed): Pick<Job, "resource_type" | "resource_id" | "resources" | "unique_key"> {
  return {
    resource_type: type,
    resource_id: id,
    resources: extras.resources ?? (type === null || id === null ? [] : [{ type, id }]),
    unique_key: extras.unique_key ?? null,
  }
}

function unpack(texts: readonly (string | null)[]): Packed {
  const [
    backoff,
    refunds,
    tags,
    resourceType,
    resourceId,
    storeAssumed,
    runAt,
    createdAt,
    claimedAt,
    extras,
  ] = texts as [string, string, string, string, string, string, string, string, string, string | null]
  return {
    backoff: JSON.parse(backoff) as Backoff,
    refunds: Number(refunds),
    tags: parseTextArray(tags) as string[],
    resourceType,
    resourceId,
    storeAssumed: storeAssumed === "true",
    runAt: parseTimestamp(runAt),
    createdAt: parseTimestamp(createdAt),
    claimedAt: parseTimestamp(claimedAt),
    extras: extras === null ? {} : (JSON.parse(extras) as Extras),
  }
}
