import { isFinished, isLegal, JOB_STATES, legalActions } from "../../../../src/modules/jobqueue/job/states"

describe("legal moves", () => {
  it("leave nothing to do to a running job but cancel it", () => {
    expect(legalActions("running")).toEqual(["cancel"])
  })

  it("keep a completed job from running again", () => {
    expect(legalActions("completed")).toEqual(["delete"])
  })

  it("let a person retry whatever waits for one", () => {
    expect(JOB_STATES.filter((state) => isLegal("retry", state))).toEqual([
      "scheduled",
      "retrying",
      "waiting",
      "held",
      "failed",
      "canceled",
    ])
  })

  it("cancel nothing that has finished", () => {
    expect(JOB_STATES.filter((state) => isLegal("cancel", state) && isFinished(state))).toEqual([])
  })
})
