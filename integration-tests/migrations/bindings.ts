/** What a version has to say of its statements, so that a worker of it can run them: `versions/<version>/bindings.ts`. */

export const QUEUE = "default"
export const IDENTIFIER = "test.scripted"
export const LIMIT = 16

/** The name of a recorded statement, and its parameters. */
export type Bound = [name: string, values: unknown[]]

export interface Held {
  id: number
  claim: number
  attempt: number
}

export type Ending = "completed" | "failed" | "canceled" | "retrying" | "held"

/** How a version binds what its statements need. */
export interface Bindings {
  enqueue(count: number, delay: number): Bound
  claim(worker: number, claim: number): Bound
  /** `delay` in milliseconds, for `retrying`. */
  settle(ending: Ending, jobs: readonly Held[], delay: number): Bound
  /** What it runs beside them once a second. */
  look(worker: number): Bound
  /** The first statement of its rescue. */
  bury(rescuer: number): Bound
}
