import { isJobId, parseJobId } from "../../../../src/modules/jobqueue/table/job-id"

describe("a public job id", () => {
  it.each(["1", "42", "9007199254740991"])("%s names a job", (id) => {
    expect(parseJobId(id)).toBe(Number(id))
  })

  it.each([
    "",
    "0",
    "01",
    "-1",
    "1.5",
    "1e3",
    "0x10",
    " 1",
    "1\n",
    "abc",
    "\u0000",
    "9007199254740992",
    "9".repeat(19),
  ])("%j is no job, and said to be not found", (id) => {
    expect(isJobId(id)).toBe(false)
    expect(() => parseJobId(id)).toThrow(expect.objectContaining({ type: "not_found" }))
  })

  it("is not a number, an array or nothing at all", () => {
    for (const id of [1, ["1"], undefined, null]) {
      expect(() => parseJobId(id as unknown as string)).toThrow(
        expect.objectContaining({ type: "not_found" })
      )
    }
  })

  it("is cut in the message when it is huge", () => {
    expect(() => parseJobId("x".repeat(100_000))).toThrow(/^.{0,200}$/)
  })
})
