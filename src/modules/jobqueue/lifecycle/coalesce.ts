/**
 * Enqueues of one moment go to the database as one statement: each commit costs 0.3 ms of CPU, however many jobs it
 * writes. Every caller still gets its own rows, or its own error.
 */
import type { QueueBackend } from "../backend/contract"
import type { NewJob, WrittenJob } from "../table/new-job"

/** Jobs in one statement: longer ones gain nothing more. */
const BATCH_LIMIT = 1000

/** Classes of SQLSTATE in which the data is at fault: only then the statement is known to have written nothing. */
const DATA_AT_FAULT = /^2[23]...$/

/** One call of enqueue or enqueueMany: written whole or not at all. */
interface Entry {
  jobs: readonly NewJob[]
  resolve: (written: WrittenJob[]) => void
  reject: (error: unknown) => void
}

/** Who is told of new work. */
export interface Waker {
  /** True when a statement may announce its queues to other processes itself. */
  mayAnnounce: () => boolean
  /** Wakes the workers of these queues, here and, when they were not announced, in other processes. */
  wake: (queues: readonly string[], wereAnnounced?: boolean) => void
}

export class Coalescer {
  readonly #backend: QueueBackend
  readonly #waker: Waker
  #waiting: Entry[] = []
  #isWriting = false

  constructor(backend: QueueBackend, waker: Waker) {
    this.#backend = backend
    this.#waker = waker
  }

  write(jobs: readonly NewJob[]): Promise<WrittenJob[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ jobs, resolve, reject })
      if (!this.#isWriting) {
        this.#isWriting = true
        setImmediate(() => void this.#writeAll()) // all callers of this tick come into the first statement
      }
    })
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#writeTogether(this.#nextBatch())
    }
    this.#isWriting = false
  }

  /** At least one entry, whatever its size. */
  #nextBatch(): Entry[] {
    let count = 0
    const end = this.#waiting.findIndex(
      ({ jobs }, index) => (count += jobs.length) > BATCH_LIMIT && index > 0
    )
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end)
  }

  async #writeTogether(entries: readonly Entry[]): Promise<void> {
    try {
      const written = await this.#send(entries.flatMap(({ jobs }) => jobs))
      let begin = 0
      for (const { jobs, resolve } of entries) {
        resolve(written.slice(begin, (begin += jobs.length)))
      }
    } catch (error) {
      if (entries.length > 1 && DATA_AT_FAULT.test(String((error as { code?: unknown }).code))) {
        await this.#writeOneByOne(entries)
      } else {
        entries.forEach(({ reject }) => reject(error))
      }
    }
  }

  /** So that the one at fault fails alone. */
  async #writeOneByOne(entries: readonly Entry[]): Promise<void> {
    for (const { jobs, resolve, reject } of entries) {
      await this.#send(jobs).then(resolve, reject)
    }
  }

  /** Workers are woken after the commit, before the callers go on. */
  async #send(jobs: readonly NewJob[]): Promise<WrittenJob[]> {
    const ready = readyQueues(jobs)
    const isAnnounced = ready.length > 0 && this.#waker.mayAnnounce()
    const written = await this.#backend.enqueue(jobs, isAnnounced ? ready : [])
    this.#waker.wake(ready, isAnnounced)
    return written
  }
}

/** The queues of jobs that need not wait for their time. */
export function readyQueues(jobs: readonly NewJob[]): string[] {
  const ready = new Set<string>()
  for (const { facts, runAt, delay } of jobs) {
    if (delay === 0 && (runAt === null || runAt.getTime() <= Date.now())) {
      ready.add(facts.queue)
    }
  }
  return [...ready]
}
