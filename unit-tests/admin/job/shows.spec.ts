import { showDuration } from "../../../src/admin/job/duration"
import { percentOf } from "../../../src/admin/job/progress"
import { resourcePage } from "../../../src/admin/job/resource-page"
import { byUrgency } from "../../../src/admin/job/urgency"
import { waitsForWorker } from "../../../src/admin/job/waits-for-worker"
import { JOB_STATES } from "../../../src/modules/jobqueue/job/states"

describe("the admin shows", () => {
  it.each([
    [-5, "0 ms"],
    [340, "340 ms"],
    [999.6, "1 s"],
    [1234, "1.2 s"],
    [59_999, "59.9 s"],
    [60_000, "1 m"],
    [200_000, "3 m 20 s"],
    [3_600_000, "1 h"],
    [90_061_000, "1 d 1 h"],
  ])("%d milliseconds as %s", (milliseconds, text) => {
    expect(showDuration(milliseconds)).toBe(text)
  })

  it.each([
    [0, 100, 0],
    [2, 3, 66],
    [100, 100, 100],
    [101, 100, 100],
    [-1, 100, 0],
    [5, null, undefined],
    [0, 0, undefined],
  ])("%d done of %p as %p percent", (done, total, percent) => {
    expect(percentOf({ done, total })).toBe(percent)
  })

  it("a link to what a job is about only where the dashboard has a page for it", () => {
    expect(resourcePage("order", "order_1")).toBe("/orders/order_1")
    expect(resourcePage("order", "../users?x")).toBe("/orders/..%2Fusers%3Fx")
    expect(resourcePage("cart", "cart_1")).toBeUndefined()
    expect(resourcePage("constructor", "x")).toBeUndefined()
  })

  it("failures first, and completed jobs last", () => {
    const sorted = JOB_STATES.map((state) => ({ state })).sort(byUrgency)
    expect(sorted[0]).toEqual({ state: "failed" })
    expect(sorted.at(-1)).toEqual({ state: "completed" })
    expect(sorted).toHaveLength(JOB_STATES.length)
  })

  it("that no worker knows a job only while that keeps it waiting", () => {
    expect(waitsForWorker({ state: "pending", has_worker: false })).toBe(true)
    expect(waitsForWorker({ state: "pending", has_worker: true })).toBe(false)
    expect(waitsForWorker({ state: "failed", has_worker: false })).toBe(false)
  })
})
