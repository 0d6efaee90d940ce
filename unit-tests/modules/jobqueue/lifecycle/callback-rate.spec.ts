import { CallbackLimiter } from "../../../../src/modules/jobqueue/lifecycle/callback-rate"

describe("the limit of callbacks", () => {
  let now = 1_000_000
  const limiter = () => new CallbackLimiter({ perAddress: 2, overall: 5 }, () => now)

  it("lets an address in as often as it may in a minute, and says how long it must wait then", () => {
    const { admit } = bound(limiter())
    expect([admit("a"), admit("a"), admit("a")]).toEqual([0, 0, 60])

    now += 59_500
    expect([admit("a"), admit("b")]).toEqual([1, 0])
    now += 500
    expect(admit("a")).toBe(0)
  })

  it("lets no more in overall, from however many addresses they come", () => {
    const { admit } = bound(limiter())

    expect(["a", "b", "c", "d", "e", "f"].map(admit)).toEqual([0, 0, 0, 0, 0, 60])
  })

  it("counts only those that it lets in, so that a flood from one address takes no place of others", () => {
    const { admit } = bound(limiter())
    const flood = Array.from({ length: 100 }, () => admit("a"))

    expect(flood.filter((wait) => wait === 0)).toHaveLength(2)
    expect([admit("b"), admit("c")]).toEqual([0, 0])
  })
})

function bound(limiter: CallbackLimiter) {
  return { admit: (address: string) => limiter.admit(address) }
}
