import { Pace } from "../../../../src/modules/jobqueue/worker/pace"

describe("the pace of a queue", () => {
  const quick = (pace: Pace, milliseconds: number, count = 50) => {
    for (let job = 0; job < count; job++) {
      pace.note(milliseconds, 0)
    }
  }

  it("lets nothing be claimed ahead before it is known", () => {
    const pace = new Pace(500)
    quick(pace, 1, 19)
    expect(pace.ahead(0)).toBe(0)
  })

  it("lets as many be claimed ahead as take a second, and no more than the option says", () => {
    const pace = new Pace(500)
    quick(pace, 20)
    expect(pace.ahead(0)).toBe(50)

    const quicker = new Pace(500)
    quick(quicker, 0)
    expect(quicker.ahead(0)).toBe(500)
  })

  it("lets nothing be claimed ahead for ten seconds after a slow job", () => {
    const pace = new Pace(500)
    quick(pace, 1)
    pace.note(60, 1000)
    expect([pace.ahead(10_999), pace.ahead(11_000) > 0]).toEqual([0, true])
  })

  it("lets nothing be claimed ahead when the option is 0", () => {
    const pace = new Pace(0)
    quick(pace, 1)
    expect(pace.ahead(0)).toBe(0)
  })
})
