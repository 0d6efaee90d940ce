/**
 * Where a process goes on reading one queue, so that rows which it saw before are not walked again: jobs that nobody
 * here knows or may take, and what is left of finished ones while an old transaction keeps them. One cursor for each
 * priority, in the order of readiness. A full claim, which has none, finds whatever the cursors passed by, such as a
 * job whose transaction committed late.
 */
import type { ClaimedJob } from "../table/claimed-job"
import type { Level } from "../table/claim"

/** No full claim follows another sooner, nor sooner than this many times its own duration. */
const FULL_CLAIM_MILLISECONDS = 1000
const FULL_CLAIM_SHARE = 20
const LONGEST_PAUSE_MILLISECONDS = 30_000

/** While claims come short, cursors stay this far behind: transactions commit in another order than they began. */
const LAG_MILLISECONDS = 250

interface LevelCursor {
  /** Everything up to here is passed by. */
  seq: number
  /** The last one seen at the last move of the cursor, and up to now. */
  before: number
  top: number
}

export interface ClaimTaken {
  jobs: readonly ClaimedJob[]
  /** True when fewer than asked for came back: nothing more is there. */
  isShort: boolean
  /** Undefined for a full claim. */
  levels: readonly Level[] | undefined
  milliseconds: number
  /** The last number that the sequence had given out before the claim was sent. */
  lastSeq: number
}

export class ClaimCursor {
  readonly #levels = new Map<number, LevelCursor>()
  readonly #now: () => number
  #nextFull = 0
  /** Of the last full claim: a sooner one would cost more than its share. */
  #earliestFull = 0
  /** The last full claim left nothing, so every priority that pends is known. */
  #isExhaustive = false
  #movedAt = 0

  /** @param priorities - those that are likely to come; others are found by full claims */
  constructor(priorities: readonly number[], now: () => number) {
    this.#now = now
    priorities.forEach((priority) => this.#levels.set(priority, { seq: 0, before: 0, top: 0 }))
  }

  /** From where the next claim reads; undefined when a full claim is due. */
  next(): Level[] | undefined {
    if (this.#now() >= this.#nextFull) {
      return undefined
    }
    return Array.from(this.#levels, ([priority, { seq }]) => ({ priority, seq })).sort(
      (one, other) => one.priority - other.priority
    )
  }

  /** Milliseconds until a full claim is due, without which "nothing is pending" can't be believed. */
  get untilFull(): number {
    return Math.max(0, this.#nextFull - this.#now())
  }

  /** Takes note of what a claim brought. */
  after(taken: ClaimTaken): void {
    for (const { priority, seq } of taken.jobs) {
      const level = this.#level(priority)
      level.top = Math.max(level.top, seq)
    }
    if (!taken.levels) {
      this.#passExhausted(taken)
      this.#planFull(taken)
    } else if (taken.isShort && !this.#isExhaustive) {
      this.#nextFull = Math.min(this.#nextFull, this.#earliestFull)
    }
    this.#move(taken.isShort)
  }

  #level(priority: number): LevelCursor {
    const level = this.#levels.get(priority) ?? { seq: 0, before: 0, top: 0 }
    this.#levels.set(priority, level)
    return level
  }

  /** Of levels that a full claim walked to their end, only what becomes ready from then on is of interest. */
  #passExhausted({ jobs, isShort, lastSeq }: ClaimTaken): void {
    const worst = jobs.at(-1)?.priority ?? Infinity
    for (const [priority, level] of this.#levels) {
      if (isShort || priority < worst) {
        level.seq = Math.max(level.seq, lastSeq)
      }
    }
  }

  #planFull({ isShort, milliseconds }: ClaimTaken): void {
    const now = this.#now()
    const share = Math.min(LONGEST_PAUSE_MILLISECONDS, FULL_CLAIM_SHARE * milliseconds)
    this.#isExhaustive = isShort
    this.#earliestFull = now + share
    this.#nextFull = now + Math.max(FULL_CLAIM_MILLISECONDS, share)
  }

  /** Under load at once, because every row that is walked again costs; else with a lag. */
  #move(isShort: boolean): void {
    const isDue = this.#now() - this.#movedAt >= LAG_MILLISECONDS
    if (isShort && !isDue) {
      return
    }
    for (const level of this.#levels.values()) {
      level.seq = Math.max(level.seq, isShort ? level.before : level.top)
      level.before = level.top
    }
    this.#movedAt = this.#now()
  }
}
