/**
 * Callers that enqueue one by one while something breaks, and keep account: which jobs they were given, and of
 * which they can't know. Afterwards the account is held against the tables.
 */
import { setTimeout as delay } from "node:timers/promises"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { JobQueueService } from "../../src"
import type { TestDatabase } from "./database"
import { ENDINGS, Mixed, runs, type Ending, type MixedPayload } from "./jobs"

const CALLERS = 8
const BETWEEN_MILLISECONDS = 10
const AFTER_ERROR_MILLISECONDS = 50

interface Expected {
  state: string
  attempts: number
  runs: number
}

/** A `forget` job leaves nothing: what is expected of it holds while it is there. */
const EXPECTED: Record<Ending, Expected> = {
  complete: { state: "completed", attempts: 1, runs: 1 },
  retry: { state: "completed", attempts: 2, runs: 2 },
  snooze: { state: "completed", attempts: 1, runs: 2 },
  hold: { state: "held", attempts: 1, runs: 1 },
  fail: { state: "failed", attempts: 1, runs: 1 },
  cancel: { state: "canceled", attempts: 1, runs: 1 },
  forget: { state: "gone", attempts: 1, runs: 1 },
}

let last = 0

export class Load {
  readonly #jobqueue: JobQueueService
  /** Enqueued for certain. */
  readonly #answered = new Map<number, Ending>()
  /** The caller got an error: it may have been written, or not. */
  readonly #unanswered = new Map<number, Ending>()
  #callers: Promise<void>[] = []
  #isOver = false

  constructor(jobqueue: JobQueueService) {
    this.#jobqueue = jobqueue
  }

  /** How many callers got their job. */
  get size(): number {
    return this.#answered.size
  }

  /** How many callers got an error. */
  get refused(): number {
    return this.#unanswered.size
  }

  start(): void {
    this.#callers = Array.from({ length: CALLERS }, () => this.#call())
  }

  async stop(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#callers)
  }

  /** Enqueues `count` jobs at once, of every ending in turn. */
  async enqueue(count: number, transaction?: Knex.Transaction): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => this.#enqueue(transaction)))
  }

  /**
   * What is wrong, one line each: a lost job, one written twice, one in a wrong state.
   * @param exactly - also one that was run or counted more often than it should
   */
  async problems({ sql }: TestDatabase, exactly: boolean): Promise<string[]> {
    const rows = await sql<{ payload: MixedPayload; state: string; attempts: number }>(
      "select payload, state, attempts from jobqueue_job"
    )
    const found = new Map<number, { state: string; attempts: number }>()
    const twice = rows.filter(({ payload, ...row }) => found.size === found.set(payload.n, row).size)
    const all = [...this.#answered, ...[...this.#unanswered].filter(([n]) => found.has(n))]
    return [
      ...twice.map(({ payload }) => `#${payload.n} was written twice`),
      ...all.flatMap(([n, ending]) => problemsOf(n, ending, found.get(n), exactly)),
    ]
  }

  async #call(): Promise<void> {
    while (!this.#isOver) {
      const isAnswered = await this.#enqueue()
      await delay(isAnswered ? BETWEEN_MILLISECONDS : AFTER_ERROR_MILLISECONDS)
    }
  }

  async #enqueue(transaction?: Knex.Transaction): Promise<boolean> {
    const n = ++last
    const ending = ENDINGS[n % ENDINGS.length]
    try {
      const keep = ending !== "forget"
      await this.#jobqueue.enqueue(Mixed, { n, ending }, { keep }, transaction && { transaction })
      this.#answered.set(n, ending)
      return true
    } catch {
      this.#unanswered.set(n, ending)
      return false
    }
  }
}

function problemsOf(
  n: number,
  ending: Ending,
  row: { state: string; attempts: number } | undefined,
  exactly: boolean
): string[] {
  const expected = EXPECTED[ending]
  const got = { state: row?.state ?? "gone", attempts: row?.attempts ?? expected.attempts, runs: runs.of(n) }
  const isRight = exactly
    ? got.attempts === expected.attempts && got.runs === expected.runs
    : got.runs >= expected.runs
  return isRight && got.state === expected.state
    ? []
    : [`#${n} (${ending}): expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`]
}

/** True when nothing waits or runs any more; `held` jobs wait for a person. */
export async function isQuiet({ sql }: TestDatabase): Promise<boolean> {
  return (await sql("select from jobqueue_live where state <> 'held' limit 1")).length === 0
}
