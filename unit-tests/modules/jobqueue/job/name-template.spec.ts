import { fillName } from "../../../../src/modules/jobqueue/job/name-template"

describe("fillName", () => {
  it("puts in what the payload has at the paths", () => {
    const payload = { order: { number: 1042, items: [{ sku: "tea" }] }, urgent: true }
    expect(fillName("Order #{order.number}: {order.items.0.sku}, {urgent}", payload, [])).toBe(
      "Order #1042: tea, true"
    )
  })

  it("leaves a path that leads nowhere, or to no single value, as it is written", () => {
    expect(fillName("{a} {b.c} {d} {e}", { d: {}, e: null }, [])).toBe("{a} {b.c} {d} {e}")
    expect(fillName("{constructor} {length}", {}, [])).toBe("{constructor} {length}")
    expect(fillName("Order {order_id}", null, [])).toBe("Order {order_id}")
  })

  it("never shows what is redacted", () => {
    expect(fillName("Card {card.number}", { card: { number: "4111" } }, ["card.number"])).toBe(
      "Card [redacted]"
    )
  })

  it("is cut to what a name may be, between characters", () => {
    expect(fillName("{a}", { a: "x".repeat(600) }, [])).toHaveLength(500)
    expect(fillName("{a}", { a: `${"x".repeat(499)}🎉` }, [])).toBe("x".repeat(499))
  })

  it("takes what the payload holds as text, never as a template", () => {
    expect(fillName("{a} {b}", { a: "{b} $&", b: 1 }, [])).toBe("{b} $& 1")
  })
})
