/** What the compiler refuses; `npm run types` checks it. */
import { AbstractJob, type JobContext, type JobQueueService } from "../../../../src"
import { isOutcome } from "../../../../src/modules/jobqueue/job/outcome"

class AskErp extends AbstractJob<{ order_id: string }> {
  static identifier = "test.types-ask-erp"

  async perform({ callback }: JobContext) {
    const { url } = await callback()
    // @ts-expect-error -- there is a url only where the option callbackUrl is set
    const known: string = url
    void known
    return this.waitForCallback({ timeout: "2h" })
  }

  /** The data may be given a type: whoever writes it knows what the third party sends. */
  override async onCallback(data: { done: boolean }, { store }: JobContext) {
    void store
    return data.done ? { sent: true } : this.waitForCallback({ timeout: "1h", onTimeout: "fail" })
  }

  wrong() {
    return [
      // @ts-expect-error -- nothing waits for ever
      () => this.waitForCallback({}),
      // @ts-expect-error -- nothing waits for ever
      () => this.waitForCallback(),
      // @ts-expect-error -- no duration
      () => this.waitForCallback({ timeout: "soon" }),
      // @ts-expect-error -- "retry" or "fail"
      () => this.waitForCallback({ timeout: "1h", onTimeout: "ignore" }),
    ]
  }

  right() {
    return this.waitForCallback({ timeout: 5000, onTimeout: "retry" })
  }
}

class Wrong extends AbstractJob<object> {
  static identifier = "test.types-wrong"

  async perform() {
    return undefined
  }

  // @ts-expect-error -- neither JSON nor an outcome
  override async onCallback() {
    return new Date()
  }
}

const verbs = (jobqueue: JobQueueService) => [
  () => jobqueue.resolve("1", { any: ["JSON"] }),
  () => jobqueue.resolve("1"),
  // @ts-expect-error -- no JSON
  () => jobqueue.resolve("1", { at: new Date() }),
  // @ts-expect-error -- the id is a text
  () => jobqueue.resolve(1, {}),
  () => jobqueue.reject("1", "out of stock"),
  () => jobqueue.reject("1", { reason: "never", retry: false }),
  // @ts-expect-error -- a reason is needed
  () => jobqueue.reject("1"),
  // @ts-expect-error -- a reason is needed
  () => jobqueue.reject("1", { retry: false }),
]

describe("waitForCallback", () => {
  it("makes an outcome of what the job says", () => {
    expect(isOutcome(new AskErp({ order_id: "order_1" }).right())).toBe(true)
    expect([Wrong.identifier, verbs.length]).toEqual(["test.types-wrong", 1])
  })
})
