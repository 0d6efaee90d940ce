import vm from "node:vm"
import { findJsonProblem, toStorableText } from "../../../../src/modules/jobqueue/job/json"

const problemOf = (value: unknown) => findJsonProblem(value, "payload")

/** A list in a list in a list … */
function nested(levels: number): unknown {
  return levels === 0 ? [] : [nested(levels - 1)]
}

describe("findJsonProblem", () => {
  it("finds nothing in plain JSON data", () => {
    expect(problemOf({ a: [1, "zwei 🎉", null, true, { b: {} }], c: undefined })).toBeUndefined()
    expect(problemOf(Object.assign(Object.create(null), { a: 1 }))).toBeUndefined()
    expect(problemOf(vm.runInNewContext("({ a: [{}] })"))).toBeUndefined()
  })

  it("allows the same object twice, side by side", () => {
    const shared = { a: 1 }
    expect(problemOf([shared, shared])).toBeUndefined()
  })

  it.each([
    [undefined, "payload", "is of type undefined"],
    [{ a: () => 1 }, "payload.a", "is of type function"],
    [{ a: [1, undefined] }, "payload.a[1]", "is of type undefined"],
    [[1n], "payload[0]", "is of type bigint"],
    [{ a: { b: NaN } }, "payload.a.b", "is NaN"],
    [{ a: Symbol("x") }, "payload.a", "is of type symbol"],
    [{ at: new Date() }, "payload.at", "is an instance of Date"],
    [{ m: new Map() }, "payload.m", "is an instance of Map"],
    ["a\u0000", "payload", "has a U+0000 or a lone surrogate"],
    [{ a: "\ud83c" }, "payload.a", "has a U+0000 or a lone surrogate"],
    [{ "k\u0000": 1 }, "payload", "has a key with a U+0000"],
    [nested(600), `payload${"[0]".repeat(500)}`, "lies deeper than 500 levels"],
    [[1, , 2], "payload[1]", "is of type undefined"], // eslint-disable-line no-sparse-arrays
    [{ a: { toJSON: () => 1 } }, "payload.a.toJSON", "is of type function"],
  ])("names the path of what JSON or Postgres can't hold: %p", (value, path, message) => {
    expect(problemOf(value)).toEqual({ path, message: expect.stringContaining(message) })
  })

  it("finds a cycle", () => {
    const order: Record<string, unknown> = { items: [] }
    ;(order.items as unknown[]).push({ order })
    expect(problemOf(order)).toEqual({
      path: "payload.items[0].order",
      message: "refers back to an object that holds it",
    })
  })
})

describe("toStorableText", () => {
  it("replaces what Postgres refuses and keeps the rest", () => {
    expect(toStorableText("a\u0000b\ud800c 🎉")).toBe("a\ufffdb\ufffdc 🎉")
  })
})
