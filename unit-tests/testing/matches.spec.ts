import { matches } from "../../src/testing/matches"

describe("matching a job with what is expected", () => {
  it.each([
    ["parts of an object", { a: 1, b: 2 }, { a: 1 }],
    ["parts of a nested object", { order: { id: "1", items: [1, 2] } }, { order: { id: "1" } }],
    ["an array item by item", { items: [{ id: 1, n: 2 }, 3] }, { items: [{ id: 1 }, 3] }],
    ["nothing expected", { a: 1 }, {}],
    ["an asymmetric matcher", { at: "2026-01-01", n: 5 }, { at: expect.any(String) as unknown, n: 5 }],
    ["equal dates", { at: new Date(5) }, { at: new Date(5) }],
    ["null", { a: null }, { a: null }],
  ])("finds %s", (_, actual, expected) => {
    expect(matches(actual, expected)).toBe(true)
  })

  it.each([
    ["another value", { a: 1 }, { a: 2 }],
    ["a missing field", { a: 1 }, { b: 1 }],
    ["a shorter array", { items: [1] }, { items: [1, 2] }],
    ["a longer array", { items: [1, 2] }, { items: [1] }],
    ["an object where nothing is", { a: null }, { a: {} }],
    ["a text for a number", { a: "1" }, { a: 1 }],
    ["an asymmetric matcher that does not hold", { a: 1 }, { a: expect.any(String) as unknown }],
  ])("does not find %s", (_, actual, expected) => {
    expect(matches(actual, expected)).toBe(false)
  })
})
