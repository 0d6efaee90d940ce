import {
  concludeExpired,
  concludeRejected,
} from "../../../../src/modules/jobqueue/lifecycle/conclude-waiting"

const runAt = (attempt: number) => ({
  claimed: { attempt, maxAttempts: 3, backoff: { type: "fixed", delay: "7s" } as const },
})

describe("the end of a job's waiting", () => {
  it("at its deadline is a failed attempt, tried again after the backoff until the limit", () => {
    expect(concludeExpired(runAt(2), "retry")).toMatchObject({
      ...{ state: "retrying", delay: 7000, uncounted: false },
      error: { name: "CallbackTimeout" },
    })
    expect(concludeExpired(runAt(3), "retry")).toMatchObject({
      ...{ state: "failed", reason: "failed at attempt 3 of 3" },
      error: { name: "CallbackTimeout" },
    })
  })

  it("at its deadline is a failure where the job said so", () => {
    expect(concludeExpired(runAt(1), "fail")).toMatchObject({
      state: "failed",
      error: { name: "CallbackTimeout" },
    })
  })

  it("by a third party that says no is a failed attempt, or a failure at once", () => {
    expect(concludeRejected(runAt(1), "out of stock", true)).toMatchObject({
      ...{ state: "retrying", delay: 7000 },
      error: { name: "Rejected", message: "out of stock" },
    })
    expect(concludeRejected(runAt(1), "never", false)).toMatchObject({ state: "failed", reason: "never" })
  })
})
