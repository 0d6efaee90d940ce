/** Job classes of the module's tests. Each does one thing that a job may do. */
import { z } from "@medusajs/framework/zod"
import { AbstractJob, type JobContext } from "../../src"

/** Waits until the test lets it go on, so that tests meet a job while it runs. */
export class Gate {
  #open: () => void = () => undefined
  #arrive: () => void = () => undefined
  /** Resolves when the job has arrived at the gate. */
  readonly arrived = new Promise<void>((resolve) => (this.#arrive = resolve))
  readonly #opened = new Promise<void>((resolve) => (this.#open = resolve))

  open(): void {
    this.#open()
  }

  pass(): Promise<void> {
    this.#arrive()
    return this.#opened
  }
}

/** What the tests look at: which jobs were performed, in their order. */
export const performed: { id: string | undefined; attempt: number; payload: unknown }[] = []

/** What `Scripted` does at its next attempts; the last one is repeated. */
export const script: { steps: ((job: Scripted, context: JobContext) => unknown)[] } = { steps: [] }

export class Scripted extends AbstractJob<{ n?: number }> {
  static identifier = "test.scripted"
  static schema = z.object({ n: z.number().optional() })
  static backoff = { type: "fixed", delay: 0 } as const

  async perform(context: JobContext) {
    performed.push({ id: this.id, attempt: context.attempt, payload: this.payload })
    const step = script.steps.length > 1 ? script.steps.shift() : script.steps[0]
    return (await step?.(this, context)) as undefined
  }

  // The outcomes are protected: a script of a test is part of the job.
  outcomes = {
    retry: this.retry.bind(this),
    snooze: this.snooze.bind(this),
    hold: this.hold.bind(this),
    fail: this.fail.bind(this),
    cancel: this.cancel.bind(this),
  }
}

export class Orders extends AbstractJob<{ order_id: string }> {
  static identifier = "test.orders"
  static queue = "orders"
  static maxAttempts = 3
  static priority = 50
  static timeout = "30s" as const
  static schema = z.object({ order_id: z.string() })

  async perform() {
    performed.push({ id: this.id, attempt: 1, payload: this.payload })
    return { sent: this.payload.order_id }
  }
}

/** The state of a `Scripted` job whose attempt failed: its backoff is none, so upkeep may have made it pending already. */
export const TRIED_AGAIN = expect.stringMatching(/^(retrying|pending)$/) as string
