/**
 * Writes unique jobs, apart from all others: a transaction of their own, because a key may be held by somebody's open
 * transaction for as long as that likes. Whoever waits for a key holds a connection only briefly, and few do at a time,
 * so that neither other keys nor plain enqueues nor claims wait with them.
 */
import { randomInt } from "node:crypto"
import type { QueueBackend } from "../backend/contract"
import { keyStuck } from "../errors/enqueue"
import type { NewJob } from "../table/new-job"
import { isDeadlock, isKeyStuck, type UniqueWritten } from "../table/unique"
import { pause } from "./pause"
import { Lane, Turns } from "./turns"

/** How long a connection is held for a key: an enqueue elsewhere takes milliseconds. */
const WAIT_MILLISECONDS = 100

const PAUSE_MILLISECONDS = 100
const LONGEST_PAUSE_MILLISECONDS = 1000

/** How long a caller waits for a key in all. */
const PATIENCE_SECONDS = 30

/** The keys of each call are taken in their order, so deadlocks come from what else the database locks: they pass. */
const DEADLOCK_TRIES = 10
const DEADLOCK_PAUSE_MILLISECONDS = 50

/** Of the pool, what unique enqueues leave to claims, settles and plain enqueues. */
const OTHERS_CONNECTIONS = 2
const MOST_CONNECTIONS = 2

export interface UniqueWriterOptions {
  poolSize: number
  /** Seconds that a caller waits for a key. */
  patience?: number
}

export class UniqueWriter {
  readonly #backend: QueueBackend
  readonly #patience: number
  /** Within this process the callers of one key wait without a connection. */
  readonly #turns = new Turns()
  readonly #first: Lane
  /** For keys that were held too long. */
  readonly #again = new Lane(1)

  constructor(backend: QueueBackend, { poolSize, patience = PATIENCE_SECONDS }: UniqueWriterOptions) {
    this.#backend = backend
    this.#patience = patience
    this.#first = new Lane(Math.max(1, Math.min(MOST_CONNECTIONS, poolSize - OTHERS_CONNECTIONS)))
  }

  /** @param jobs - of one identifier, written whole or not at all */
  write(jobs: readonly NewJob[]): Promise<UniqueWritten[]> {
    const { identifier } = jobs[0].facts
    const keys = [...new Set(jobs.flatMap(({ unique }) => unique?.key ?? []))]
    const names = keys.map((key) => `${identifier} ${key}`)
    const deadline = performance.now() + this.#patience * 1000
    return this.#turns.run(names, async () => {
      const written = await this.#writeUntil(deadline, jobs)
      if (!written) {
        throw keyStuck(identifier, keys, this.#patience)
      }
      return written
    })
  }

  /** Undefined when the deadline has passed; it is tried once in any case. */
  async #writeUntil(deadline: number, jobs: readonly NewJob[]): Promise<UniqueWritten[] | undefined> {
    const write = () => this.#backend.enqueueUnique(jobs, WAIT_MILLISECONDS)
    for (let deadlocks = 0, stuck = 0; ;) {
      try {
        return await (stuck > 0 ? this.#again : this.#first).run(write)
      } catch (error) {
        if (isDeadlock(error) && ++deadlocks < DEADLOCK_TRIES) {
          await pause(randomInt(DEADLOCK_PAUSE_MILLISECONDS))
        } else if (!isKeyStuck(error)) {
          throw error
        } else if (performance.now() >= deadline) {
          return undefined
        } else {
          await pause(Math.min(LONGEST_PAUSE_MILLISECONDS, PAUSE_MILLISECONDS * 2 ** stuck++))
        }
      }
    }
  }
}
