/**
 * The middleware of this process, around enqueue and perform. The first that was used is the outermost. Where none is
 * used nothing is wrapped.
 */
import { nextAgain, nothingWritten, wrongCount } from "../errors/middleware"
import type { PerformResult } from "../job/abstract-job"
import type { JobContext } from "../job/context"
import type { EnqueuedJob } from "../job/job"
import { checkMiddleware, type EnqueueCall, type JobMiddleware } from "../job/middleware"

type Step = "enqueue" | "perform"

type Enqueue = (call: EnqueueCall) => Promise<EnqueuedJob[]>
type Perform = (context: JobContext) => Promise<PerformResult>

export class Middlewares {
  /** Never changed in place: who runs through it is not disturbed by `use`. */
  #all: readonly JobMiddleware[]
  #hasEnqueue = false
  #hasPerform = false

  constructor(first: readonly JobMiddleware[] = []) {
    this.#all = first
    this.#look()
  }

  get hasEnqueue(): boolean {
    return this.#hasEnqueue
  }

  get hasPerform(): boolean {
    return this.#hasPerform
  }

  /** Answers how to take it out again. @throws MedusaError when it can't be used */
  use(middleware: JobMiddleware): () => void {
    checkMiddleware(middleware)
    const entry = {
      enqueue: middleware.enqueue?.bind(middleware),
      perform: middleware.perform?.bind(middleware),
    }
    this.#all = [...this.#all, entry]
    this.#look()
    return () => {
      this.#all = this.#all.filter((one) => one !== entry)
      this.#look()
    }
  }

  /** @param write - writes what came through */
  async enqueue(call: EnqueueCall, write: Enqueue): Promise<EnqueuedJob[]> {
    const expected = call.requests.length
    let written: EnqueuedJob[] | undefined
    const innermost: Enqueue = async (changed) => {
      if (changed.requests.length !== expected) {
        throw wrongCount(call.identifier, expected, changed.requests.length)
      }
      return (written = await write(changed))
    }
    const enqueue = this.#all.reduceRight(aroundEnqueue, innermost)
    const answer: unknown = await enqueue(call)
    const jobs = isListOf(expected, answer) ? answer : written
    if (!jobs) {
      throw nothingWritten(call.identifier)
    }
    return jobs
  }

  perform(context: JobContext, innermost: () => Promise<PerformResult>): Promise<PerformResult> {
    return this.#all.reduceRight<Perform>(aroundPerform, innermost)(context)
  }

  #look(): void {
    this.#hasEnqueue = this.#all.some(({ enqueue }) => enqueue)
    this.#hasPerform = this.#all.some(({ perform }) => perform)
  }
}

function aroundEnqueue(inner: Enqueue, middleware: JobMiddleware): Enqueue {
  return (call) =>
    middleware.enqueue
      ? through("enqueue", inner, (next) => middleware.enqueue?.(call, (changed = call) => next(changed)))
      : inner(call)
}

function aroundPerform(inner: Perform, middleware: JobMiddleware): Perform {
  return (context) =>
    middleware.perform
      ? through("perform", inner, (next) => middleware.perform?.(context, () => next(context)))
      : inner(context)
}

/** Calls `inner` at most once, while `outer` runs, and never leaves it alone: its error is not lost, its work not orphaned. */
async function through<G, T>(
  step: Step,
  inner: (given: G) => Promise<T>,
  outer: (next: (given: G) => Promise<T>) => Promise<T> | undefined
): Promise<T> {
  let begun: Promise<T> | undefined
  let isInnerOver = false
  let isOuterOver = false
  const next = (given: G): Promise<T> => {
    if (begun || isOuterOver) {
      throw nextAgain(step)
    }
    begun = inner(given)
    const over = () => (isInnerOver = true)
    begun.then(over, over)
    return begun
  }
  try {
    return (await outer(next)) as T
  } finally {
    isOuterOver = true
    if (begun && !isInnerOver) {
      await begun
    }
  }
}

function isListOf(length: number, answer: unknown): answer is EnqueuedJob[] {
  return Array.isArray(answer) && answer.length === length
}
