/** The compiler refuses wrong outcomes: each `@ts-expect-error` fails `npm run types` when it does not. */
import { AbstractJob, type JobContext, type PerformedJob, type PerformResult } from "../../../../src"
import { isOutcome } from "../../../../src/modules/jobqueue/job/outcome"

class Right extends AbstractJob<{ how: string }> {
  static identifier = "test.right"
  static strict = true

  perform({ attempt }: JobContext) {
    switch (this.payload.how) {
      case "retry":
        return attempt > 1 ? this.retry() : this.retry({ in: "5m", reason: "busy" })
      case "retry in milliseconds":
        return this.retry({ in: 5000 })
      case "snooze":
        return this.snooze("10m")
      case "hold":
        return this.hold("no address")
      case "fail":
        return this.fail("gone")
      case "cancel":
        return this.cancel("already sent")
      case "result":
        return { sent: [1, "two", { three: null }], note: undefined }
      default:
        return undefined
    }
  }

  wrong() {
    return [
      // @ts-expect-error -- no duration
      () => this.retry({ in: "5 minutes" }),
      // @ts-expect-error -- no such detail
      () => this.retry({ after: "5m" }),
      // @ts-expect-error -- the details are an object
      () => this.retry("5m"),
      // @ts-expect-error -- no time
      () => this.snooze(),
      // @ts-expect-error -- no duration
      () => this.snooze("soon"),
      // @ts-expect-error -- no duration
      () => this.snooze({ for: "5m" }),
      // @ts-expect-error -- no reason
      () => this.hold(),
      // @ts-expect-error -- no text
      () => this.hold(new Error("no address")),
      // @ts-expect-error -- no reason
      () => this.fail(),
      // @ts-expect-error -- no reason
      () => this.cancel(),
    ]
  }
}

class ReturnsDate extends AbstractJob {
  // @ts-expect-error -- a date is not JSON
  perform() {
    return new Date()
  }
}

class ReturnsFunction extends AbstractJob {
  // @ts-expect-error -- a function is not JSON
  async perform() {
    return () => 1
  }
}

class ReturnsMap extends AbstractJob {
  // @ts-expect-error -- an instance of a class is not JSON
  async perform() {
    return new Map([["sent", 1]])
  }
}

class ReturnsBigint extends AbstractJob {
  // @ts-expect-error -- a bigint is not JSON
  async perform() {
    return { total: 10n }
  }
}

// @ts-expect-error -- it is strict or it is not
class Stricter extends Right {
  static override strict = "yes"
}

describe("an outcome", () => {
  const perform = (how: string): PerformResult => new Right({ how }).perform({ attempt: 1 } as JobContext)

  it.each([
    ["retry", { kind: "retry", in: "5m", reason: "busy" }],
    ["retry in milliseconds", { kind: "retry", in: 5000 }],
    ["snooze", { kind: "snooze", for: "10m" }],
    ["hold", { kind: "hold", reason: "no address" }],
    ["fail", { kind: "fail", reason: "gone" }],
    ["cancel", { kind: "cancel", reason: "already sent" }],
  ])("says how the job goes on: %s", (how, expected) => {
    expect(isOutcome(perform(how))).toBe(true)
    expect(perform(how)).toMatchObject(expected)
  })

  it("is neither nothing nor a result", () => {
    expect(isOutcome(perform("nothing"))).toBe(false)
    expect(isOutcome(perform("result"))).toBe(false)
    expect(isOutcome({ kind: "retry" })).toBe(false)
  })

  it("is checked by the compiler", () => {
    expect(new Right({ how: "" }).wrong()).toHaveLength(10)
    expect([ReturnsDate, ReturnsFunction, ReturnsMap, ReturnsBigint, Stricter]).toHaveLength(5)
  })
})

/** Never called: the compiler reads it. */
export async function performedOnTheSpot(container: { resolve: never }): Promise<PerformedJob> {
  const job = new Right({ how: "result" })
  // @ts-expect-error -- it is performed now
  await job.performImmediate(container, { delay: "5m" })
  // @ts-expect-error -- performNow queues nothing
  await job.performNow(container, { retryQueue: "orders" })
  const performed = await job.performImmediate(container, { retryQueue: "orders", priority: 10 })
  // @ts-expect-error -- only a job that was written has an id
  const id: string = performed.id
  return performed.id === null ? performed : { ...performed, id: id + performed.id }
}
