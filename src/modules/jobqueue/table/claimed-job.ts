/**
 * A job that this process holds, as its claim returned it. At 50,000 jobs a second each column costs: a job comes as
 * one text (0.028 instead of 0.038 CPU-s of pg per 10,000 jobs), and what few jobs look at is decoded at first use.
 */
import type { Backoff } from "../job/backoff"
import type { Job } from "../job/job"
import type { JsonValue } from "../job/json"
import type { StoreContext } from "../job/store-context"
import type { Extras } from "./extras"
import { parseTextArray, parseTimestamp } from "./statement"

/** What each job needs, in the order in which the constructor reads it. */
const NEEDED = [
  "c.seq",
  "c.priority",
  "r.identifier",
  text("r.name"),
  "c.max_attempts",
  "coalesce(r.timeout::text, '')",
  "r.keep",
  "r.payload",
  text("r.store_id"),
  "r.context",
]

/** In the order of `unpack`. */
const RARELY_NEEDED = [
  "r.backoff",
  "c.refunds",
  text("r.tags::text"),
  text("r.resource_type"),
  text("r.resource_id"),
  "r.store_assumed",
  "c.run_at",
  "r.created_at",
  "c.claimed_at",
  "coalesce(r.extras::text, '')",
]

/** Stands between the values. JSON has it escaped; in a name, which may have anything, it becomes a space. */
export const SEPARATOR = "\u001f"

/** Of `jobqueue_live c` and `jobqueue_request r`: all of a job but its id and its attempt, as one text. */
export const PACKED = `concat_ws(chr(31), ${[...NEEDED, ...RARELY_NEEDED].join(", ")})`

function text(column: string): string {
  return `coalesce(replace(${column}, chr(31), ' '), '')`
}

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

  constructor([id, attempt, packed]: readonly unknown[], { claim, queue }: { claim: number; queue: string }) {
    this.claim = claim
    this.queue = queue
    this.id = id as number
    this.attempt = attempt as number
    this.#packed = packed as string
    const needed = this.#packed.split(SEPARATOR, NEEDED.length)
    this.seq = Number(needed[0])
    this.priority = Number(needed[1])
    this.identifier = needed[2]
    this.name = needed[3]
    this.maxAttempts = Number(needed[4])
    this.timeout = needed[5] === "" ? null : Number(needed[5])
    this.keep = needed[6] === "t"
    this.#payload = needed[7]
    this.storeId = needed[8] || null
    this.#context = needed[9]
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
    return (this.#unpacked ??= unpack(this.#packed.split(SEPARATOR).slice(NEEDED.length)))
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

function unpack(texts: readonly string[]): Packed {
  const [backoff, refunds, tags, resourceType, resourceId, storeAssumed, ...others] = texts
  const [runAt, createdAt, claimedAt, extras] = others
  return {
    backoff: JSON.parse(backoff) as Backoff,
    refunds: Number(refunds),
    tags: parseTextArray(tags) as string[],
    resourceType: resourceType || null,
    resourceId: resourceId || null,
    storeAssumed: storeAssumed === "t",
    runAt: parseTimestamp(runAt),
    createdAt: parseTimestamp(createdAt),
    claimedAt: parseTimestamp(claimedAt),
    extras: extras ? (JSON.parse(extras) as Extras) : {},
  }
}
