import {
  isFinished,
  isLegal,
  JOB_ACTIONS,
  JOB_STATES,
  LEGAL_ACTIONS,
  legalActions,
  stateAfter,
} from "../../../../src/modules/jobqueue/job/states"

describe("legal moves", () => {
  it("leave nothing to do to a running job but copy it and ask it to stop", () => {
    expect(legalActions("running")).toEqual(["clone", "cancel"])
  })

  it("let a completed job run again only by an explicit restart, or as a copy", () => {
    expect(legalActions("completed")).toEqual(["restart", "clone", "delete"])
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

  it("hold only what waits, and release only what is held", () => {
    expect(LEGAL_ACTIONS.hold).toEqual(["scheduled", "pending", "retrying", "waiting"])
    expect(LEGAL_ACTIONS.release).toEqual(["held"])
  })

  it("cancel nothing that has finished", () => {
    expect(JOB_STATES.filter((state) => isLegal("cancel", state) && isFinished(state))).toEqual([])
  })

  it("each leave the job in one state, from which something can be done", () => {
    for (const action of JOB_ACTIONS) {
      for (const from of LEGAL_ACTIONS[action]) {
        const after = stateAfter(action, from)
        expect([action, from, after && legalActions(after).length > 0]).toEqual([
          action,
          from,
          action === "delete" ? null : true,
        ])
      }
    }
  })

  it("leave a running job running until its worker has stopped it", () => {
    expect(stateAfter("cancel", "running")).toBe("running")
    expect(stateAfter("cancel", "pending")).toBe("canceled")
  })
})
