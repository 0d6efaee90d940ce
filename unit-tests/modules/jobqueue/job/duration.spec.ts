import { isDuration, toMilliseconds } from "../../../../src/modules/jobqueue/job/duration"

describe("a duration", () => {
  it.each([
    [0, 0],
    [1500, 1500],
    ["250ms", 250],
    ["30s", 30_000],
    ["1.5m", 90_000],
    ["1h", 3_600_000],
    ["2d", 172_800_000],
    ["1w", 604_800_000],
  ] as const)("%j is %d milliseconds", (duration, milliseconds) => {
    expect(toMilliseconds(duration)).toBe(milliseconds)
  })

  it.each([-1, NaN, Infinity, "", "5", "five minutes", "5 m", "-5m", null, undefined, {}, "1y"])(
    "%p is none",
    (value) => {
      expect(isDuration(value)).toBe(false)
      expect(() => toMilliseconds(value as never)).toThrow("expected a duration")
    }
  )
})
