import { parseCursor, toCursorText } from "../../../../src/modules/jobqueue/table/cursor"

describe("a cursor", () => {
  it("comes back as it was given, in lists by id", () => {
    expect(parseCursor(toCursorText({ id: 1042 }), false)).toEqual({ id: 1042 })
  })

  it("comes back to the microsecond, in lists by the time of finishing", () => {
    const cursor = { id: 1042, finishedAt: 1_790_000_000_123_457 }
    expect(parseCursor(toCursorText(cursor), true)).toEqual(cursor)
  })

  it.each([
    ["1042", true],
    ["1790000000123457.1042", false],
    ["", false],
    ["-1", false],
    ["1 or 1=1", false],
    ["9999999999999999", false],
    ["1.2.3", true],
  ])("%j is refused where lists by finish is %s", (text, byFinish) => {
    expect(() => parseCursor(text, byFinish)).toThrow(expect.objectContaining({ type: "invalid_data" }))
  })
})
