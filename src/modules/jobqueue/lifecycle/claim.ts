/** Claim: the second step. Every claim statement carries a token of its own, made here before it is sent. */
import type { QueueBackend } from "../backend/contract"
import type { ClaimedJob } from "../table/claim"

/** Room for the tokens of one worker id: a process would need years to use them up. */
const TOKENS_PER_WORKER = 1_000_000_000

export class Claimer {
  readonly worker: number
  readonly #backend: QueueBackend
  readonly #inFlight = new Set<number>()
  #counter = 0

  constructor(backend: QueueBackend, worker: number) {
    this.#backend = backend
    this.worker = worker
  }

  /** When it throws, the rows may be running under us all the same: `worker/control.ts` finds and returns them. */
  async claim(queue: string, identifiers: readonly string[], limit: number): Promise<ClaimedJob[]> {
    const claim = this.worker * TOKENS_PER_WORKER + ++this.#counter
    this.#inFlight.add(claim)
    try {
      return await this.#backend.claim({ claim, worker: this.worker, queue, identifiers, limit })
    } finally {
      this.#inFlight.delete(claim)
    }
  }

  /** True while the answer of that claim may still come. */
  isInFlight(claim: number): boolean {
    return this.#inFlight.has(claim)
  }
}
