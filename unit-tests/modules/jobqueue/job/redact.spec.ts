import { hideInProblems, isRedactPath, redact, scrub } from "../../../../src/modules/jobqueue/job/redact"

const payload = {
  order_id: "order_1",
  card: { number: "4111111111111111", holder: "Ada" },
  items: [
    { sku: "a", secret: "s3cret-a" },
    { sku: "b", secret: 12345 },
  ],
}

describe("redact", () => {
  it("hides what is at a path, of every item where it says so, and leaves the rest", () => {
    expect(redact(payload, ["card.number", "items.*.secret"])).toEqual({
      order_id: "order_1",
      card: { number: "[redacted]", holder: "Ada" },
      items: [
        { sku: "a", secret: "[redacted]" },
        { sku: "b", secret: "[redacted]" },
      ],
    })
  })

  it("changes nothing of the value itself", () => {
    const before = structuredClone(payload)
    redact(payload, ["card", "items.*.secret"])
    expect(payload).toEqual(before)
  })

  it("hides whole objects, null, every field, and the items of a list that the path does not know of", () => {
    expect(redact({ a: { b: 1 }, c: null }, ["a", "c"])).toEqual({ a: "[redacted]", c: "[redacted]" })
    expect(redact({ a: { b: 1, c: 2 } }, ["a.*"])).toEqual({ a: { b: "[redacted]", c: "[redacted]" } })
    expect(redact({ items: [{ secret: 1 }] }, ["items.secret"])).toEqual({
      items: [{ secret: "[redacted]" }],
    })
    expect(redact({ items: [{ secret: 1 }] }, ["items.0.secret"])).toEqual({
      items: [{ secret: "[redacted]" }],
    })
  })

  it("adds nothing where the path leads nowhere", () => {
    expect(redact({ a: 1 }, ["b", "a.b", "constructor"])).toEqual({ a: 1 })
    expect(redact(null, ["a"])).toBeNull()
    expect(redact("text", ["a"])).toBe("text")
  })

  it("knows a path that can't be one", () => {
    expect(["a.b", "*.c"].filter(isRedactPath)).toHaveLength(2)
    expect(["", "a..b", ".a", "a."].filter(isRedactPath)).toEqual([])
  })
})

describe("scrub", () => {
  it("takes the secrets out of a text that quotes them", () => {
    const text = "card 4111111111111111 of order_1 declined (12345, s3cret-a)"
    expect(scrub(text, payload, ["card", "items.*.secret"])).toBe(
      "card [redacted] of order_1 declined ([redacted], [redacted])"
    )
  })

  it("leaves short ones, which would take half of the text with them", () => {
    expect(scrub("a1 b2", { pin: "1" }, ["pin"])).toBe("a1 b2")
  })
})

describe("hideInProblems", () => {
  it("says where it is, and not what", () => {
    const problems = [
      { path: "payload.card.number", message: "4111 is no card" },
      { path: "payload.items.0.secret.x", message: "wrong: s3cret-a" },
      { path: "payload", message: "4111111111111111 does not fit the order" },
      { path: "payload.order_id", message: "Required" },
    ]
    expect(hideInProblems(problems, payload, ["card.number", "items.*.secret"])).toEqual([
      { path: "payload.card.number", message: "is not valid ([redacted])" },
      { path: "payload.items.0.secret.x", message: "is not valid ([redacted])" },
      { path: "payload", message: "[redacted] does not fit the order" },
      { path: "payload.order_id", message: "Required" },
    ])
  })
})
