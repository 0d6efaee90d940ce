import { recordThrown } from "../../../../src/modules/jobqueue/job/thrown"

describe("recordThrown", () => {
  it("keeps name, message, stack and cause of an error", () => {
    const error = new TypeError("no", { cause: new Error("because") })
    expect(recordThrown(error)).toEqual({
      name: "TypeError",
      message: "no (cause: because)",
      stack: expect.stringMatching(/TypeError: no[^]*thrown\.spec\.ts[^]*\[cause\]: Error: because/),
    })
  })

  it.each([
    ["a text", "oops", "string", "oops"],
    ["a number", 7, "number", "7"],
    ["null", null, "object", "null"],
    ["undefined", undefined, "undefined", "undefined"],
    ["an object", { code: "E1" }, "object", "{ code: 'E1' }"],
  ])("records %s", (_, thrown, name, message) => {
    expect(recordThrown(thrown)).toEqual({ name, message, stack: null })
  })

  it("survives an object whose every trap throws", () => {
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error("no")
        },
        getPrototypeOf: () => {
          throw new Error("no")
        },
      }
    )
    expect(recordThrown(hostile)).toMatchObject({ name: "object", stack: null })
  })

  it("cuts what is too long", () => {
    const { message } = recordThrown(new Error("x".repeat(50_000)))
    expect(message).toHaveLength(10_001)
    expect(message.endsWith("…")).toBe(true)
  })
})
