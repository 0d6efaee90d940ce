/** What the compiler refuses around a job: wrong events, hooks, middleware and subscribers. `npm run types` checks it. */
import type { SubscriberArgs, SubscriberConfig } from "@medusajs/framework"
import {
  AbstractJob,
  JobEvents,
  type HookContext,
  type JobClass,
  type JobEventMap,
  type JobMiddleware,
} from "../../../../src"
import { checkJobClass } from "../../../../src/modules/jobqueue/job/job-class"

class Chatty extends AbstractJob<object> {
  static identifier = "test.chatty"
  static events = ["completed", "retrying"] as const

  perform() {}

  override onFailed(error: Error, { job, logger }: HookContext) {
    logger.warn(`${job.id}: ${error.message}`)
  }
}

class Misspelled extends AbstractJob<object> {
  static identifier = "test.misspelled"
  static events = ["complete"] as const

  perform() {}
}

class WrongHooks extends AbstractJob<object> {
  static identifier = "test.wrong-hooks"

  perform() {}

  // @ts-expect-error -- a hook gets the error first
  override onRetry(attempt: number) {
    return attempt
  }

  // @ts-expect-error -- a hook returns nothing
  override onFinish() {
    return "done"
  }

  // @ts-expect-error -- what onEnqueue returns are options
  override onEnqueue() {
    return { prio: "high" } as const
  }

  override onCompleted(_: unknown, context: HookContext) {
    // @ts-expect-error -- the outcome is written: there is no transaction to complete it in
    void context.transaction
    // @ts-expect-error -- nor anything to abort
    void context.signal
  }

  // @ts-expect-error -- there is no such hook to override
  override onSuccess() {}
}

describe("the types around a job", () => {
  it("know the events that a class may ask for", () => {
    const right: JobClass<object> = Chatty
    // @ts-expect-error -- "complete" is no event
    const wrong: JobClass<object> = Misspelled

    expect(() => checkJobClass(right, "here")).not.toThrow()
    expect(() => checkJobClass(wrong, "here")).toThrow("static events.0")
  })

  it("know what each event carries", () => {
    const subscriber = ({ event }: SubscriberArgs<JobEventMap["jobqueue.job.failed"]>) => {
      const state: "failed" = event.data.state
      // @ts-expect-error -- the payload may hold what nobody else should see
      void event.data.payload
      return state
    }
    const config: SubscriberConfig = { event: [JobEvents.FAILED, JobEvents.HELD] }
    // @ts-expect-error -- there is no such event
    type Unknown = JobEventMap["jobqueue.job.fail"]

    expect(subscriber).toBeInstanceOf(Function)
    expect(config.event).toEqual(["jobqueue.job.failed", "jobqueue.job.held"] satisfies Unknown[] | string[])
  })

  it("know what a middleware is given, and must return", () => {
    const middleware: JobMiddleware = {
      enqueue: ({ identifier, requests }, next) => next({ identifier, requests: [...requests] }),
      perform: ({ job }, next) => (job.queue === "off" ? Promise.resolve() : next()),
    }
    // @ts-expect-error -- the jobs must be handed on
    const silent: JobMiddleware = { enqueue: () => Promise.resolve() }
    // @ts-expect-error -- there is no such step
    const unknown: JobMiddleware = { claim: () => undefined }
    // @ts-expect-error -- a number is no call
    const wrongCall: JobMiddleware = { enqueue: (_, next) => next(1) }

    expect([middleware, silent, unknown, wrongCall]).toHaveLength(4)
    expect(new WrongHooks({})).toBeInstanceOf(AbstractJob)
  })
})
