/** Jobs that end in every way that a job can, and what the tests know of their runs. */
import { z } from "@medusajs/framework/zod"
import { AbstractJob, type JobContext } from "../../src"
import { jobRegistry } from "../../src/modules/jobqueue/job/registry"

/** How a job of the mix ends. */
export const ENDINGS = ["complete", "retry", "snooze", "hold", "fail", "cancel", "forget"] as const
export type Ending = (typeof ENDINGS)[number]

/** By the payload's number: how often it was begun, and whether it ran twice at the same time. */
export class Runs {
  readonly #begun = new Map<number, number>()
  readonly #running = new Set<number>()
  /** Numbers of which two runs met. */
  readonly overlapping = new Set<number>()

  of(n: number): number {
    return this.#begun.get(n) ?? 0
  }

  get total(): number {
    return [...this.#begun.values()].reduce((sum, times) => sum + times, 0)
  }

  /** How many run now. */
  get running(): number {
    return this.#running.size
  }

  async during<T>(n: number, work: () => Promise<T>): Promise<T> {
    this.#begun.set(n, this.of(n) + 1)
    if (this.#running.has(n)) {
      this.overlapping.add(n)
    }
    this.#running.add(n)
    try {
      return await work()
    } finally {
      this.#running.delete(n)
    }
  }

  clear(): void {
    this.#begun.clear()
    this.#running.clear()
    this.overlapping.clear()
  }
}

export const runs = new Runs()

/** What every run waits for; tests close it to meet jobs while they run. */
export const gate = {
  open: Promise.resolve() as Promise<unknown>,
  /** Closes it, and answers what opens it again. */
  close(): () => void {
    let open: (value?: unknown) => void = () => undefined
    gate.open = new Promise((resolve) => (open = resolve))
    return open
  },
}

export interface MixedPayload {
  n: number
  ending?: Ending
}

export class Mixed extends AbstractJob<MixedPayload> {
  static identifier = "faults.mixed"
  static backoff = { type: "fixed", delay: 0 } as const
  static schema = z.object({ n: z.number(), ending: z.enum(ENDINGS).optional() })

  async perform({ attempt }: JobContext) {
    const { n, ending } = this.payload
    return runs.during(n, async () => {
      await gate.open
      switch (ending) {
        case "retry":
          return attempt === 1 ? Promise.reject(new Error("once")) : "at last"
        case "snooze":
          return runs.of(n) === 1 ? this.snooze("50ms") : "awake"
        case "hold":
          return this.hold("look at me")
        case "fail":
          return this.fail("it can't be done")
        case "cancel":
          return this.cancel("not needed any more")
        case "complete":
        case "forget":
        case undefined:
          return n
      }
    })
  }
}

/** Before a shop is opened: it tells the table which classes it knows. */
export function registerJobs(): void {
  jobRegistry().register(Mixed, "the tests of faults")
}
