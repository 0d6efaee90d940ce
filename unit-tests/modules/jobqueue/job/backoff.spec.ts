import { backoffDelay, DEFAULT_BACKOFF } from "../../../../src/modules/jobqueue/job/backoff"

const HOUR = 3_600_000

describe("backoffDelay", () => {
  it("doubles from 5 s to 1 h by default", () => {
    const delays = [1, 2, 3, 10, 11, 1000].map((attempt) => backoffDelay(DEFAULT_BACKOFF, attempt, 0))
    expect(delays).toEqual([5000, 10_000, 20_000, 2_560_000, HOUR, HOUR])
  })

  it("takes away its share of jitter at most, so that the longest wait holds", () => {
    expect(backoffDelay(DEFAULT_BACKOFF, 100, 1)).toBe(0.8 * HOUR)
    for (let attempt = 1; attempt < 200; attempt++) {
      const delay = backoffDelay(DEFAULT_BACKOFF, attempt)
      expect(delay).toBeGreaterThanOrEqual(4000)
      expect(delay).toBeLessThanOrEqual(HOUR)
    }
  })

  it("is the same for every attempt when it is fixed", () => {
    expect([1, 7].map((attempt) => backoffDelay({ type: "fixed", delay: "2m" }, attempt))).toEqual([
      120_000, 120_000,
    ])
  })

  it("spreads what failed together, with jitter on a fixed wait", () => {
    expect(backoffDelay({ type: "fixed", delay: 1000, jitter: 1 }, 1, 0.25)).toBe(750)
  })
})
