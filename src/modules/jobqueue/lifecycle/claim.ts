/** Claim: the second step. Every claim statement carries a token of its own, made here before it is sent. */
import type { Logger } from "@medusajs/framework/types"
import type { QueueBackend } from "../backend/contract"
import { roundedLimit, type ClaimKind } from "../table/claim"
import type { ClaimedJob } from "../table/claimed-job"
import { ClaimCursor } from "./claim-cursor"
import { pause } from "./pause"

/** Room for the tokens of one worker id: a process would need years to use them up. */
const TOKENS_PER_WORKER = 1_000_000_000

/** The worker id under which a claim was made. */
export function workerOf(claim: number): number {
  return Math.floor(claim / TOKENS_PER_WORKER)
}

const RELEASE_RETRY_MILLISECONDS = 500

/** What a worker asks for. */
export interface Wanted {
  queue: string
  identifiers: readonly string[]
  limit: number
  kind?: ClaimKind
}

export interface ClaimerOptions {
  logger: Logger
  /** Priorities that are likely to come. */
  priorities?: readonly number[]
  now?: () => number
}

export class Claimer {
  readonly worker: number
  readonly #backend: QueueBackend
  readonly #options: ClaimerOptions
  readonly #cursors = new Map<string, ClaimCursor>()
  readonly #inFlight = new Set<number>()
  #counter = 0
  #isOver = false
  /** The last number drawn for the order of readiness, as far as known: too small a one only costs. */
  lastSeq = 0

  constructor(backend: QueueBackend, worker: number, options: ClaimerOptions) {
    this.#backend = backend
    this.worker = worker
    this.#options = options
  }

  /** @throws the database's error; what the claim took all the same is given back in the background */
  async claim(wanted: Wanted): Promise<ClaimedJob[]> {
    const claim = this.worker * TOKENS_PER_WORKER + ++this.#counter
    this.#inFlight.add(claim)
    try {
      const jobs = await this.#read(claim, wanted)
      this.#inFlight.delete(claim)
      return jobs
    } catch (error) {
      void this.#giveBack(claim)
      throw error
    }
  }

  /** True while the answer of that claim may still come, or its rows are being given back. */
  isInFlight(claim: number): boolean {
    return this.#inFlight.has(claim)
  }

  /** Gives back, uncounted, what was claimed and not begun. When that fails it is found once more by `Control`. */
  async release(jobs: readonly ClaimedJob[]): Promise<void> {
    await this.#backend.release(this.worker, jobs)
  }

  /** Has the next claim of this queue look at all that is pending. */
  readAnew(queue: string): void {
    this.#cursors.delete(queue)
  }

  /** Milliseconds until "nothing is pending" in this queue is looked at with a full claim. */
  untilFullClaim(queue: string): number {
    return this.#cursor(queue).untilFull
  }

  /** This process was declared dead, or ends: whatever it still holds is rescued. */
  end(): void {
    this.#isOver = true
  }

  async #read(claim: number, wanted: Wanted): Promise<ClaimedJob[]> {
    const { queue, kind = "direct" } = wanted
    const request = { ...wanted, claim, worker: this.worker, limit: roundedLimit(wanted.limit) }
    if (kind !== "direct" && kind !== "prefetch") {
      return this.#backend.claim(request)
    }
    const cursor = this.#cursor(queue)
    const levels = cursor.next()
    const { lastSeq } = this
    const begun = performance.now()
    const jobs = await this.#backend.claim({ ...request, levels })
    const milliseconds = performance.now() - begun
    cursor.after({ jobs, isShort: jobs.length < request.limit, levels, milliseconds, lastSeq })
    return jobs
  }

  /** Its answer was lost, so its rows may be running under us: their attempt never began. */
  async #giveBack(claim: number): Promise<void> {
    while (!this.#isOver) {
      try {
        await this.#backend.releaseClaim(this.worker, claim)
        this.#inFlight.delete(claim)
        return
      } catch (error) {
        this.#options.logger.warn(
          `[jobqueue] a claim whose answer was lost is given back as soon as the database answers: ${(error as Error).message}`
        )
        await pause(RELEASE_RETRY_MILLISECONDS)
      }
    }
  }

  #cursor(queue: string): ClaimCursor {
    const { priorities = [], now = () => performance.now() } = this.#options
    const cursor = this.#cursors.get(queue) ?? new ClaimCursor(priorities, now)
    this.#cursors.set(queue, cursor)
    return cursor
  }
}
