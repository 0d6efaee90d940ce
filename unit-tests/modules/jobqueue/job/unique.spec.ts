import { JOB_STATES, LIVE_STATES, type JobState } from "../../../../src/modules/jobqueue/job/states"
import { decideUnique, toUnique, type UniqueOptions } from "../../../../src/modules/jobqueue/job/unique"

const decide = (options: Partial<UniqueOptions>, state: JobState, age = 0) =>
  decideUnique(toUnique({ key: "k", ...options }), { state, age })

describe("decideUnique", () => {
  it("inserts where nobody has the key", () => {
    expect(decideUnique(toUnique({ key: "k" }), undefined)).toBe("insert")
  })

  it("lets a job keep its key until it has finished; failed and canceled ones give it back", () => {
    const blocking = (options: Partial<UniqueOptions>) =>
      JOB_STATES.filter((state) => decide(options, state) === "return")
    expect(blocking({})).toEqual(LIVE_STATES)
    expect(blocking({ within: "1m" })).toEqual([...LIVE_STATES, "completed"])
    expect(blocking({ while: ["pending", "failed"] })).toEqual(["pending", "failed"])
    expect(blocking({ while: ["pending"], within: "1m" })).toEqual(["pending"])
  })

  it("frees the key when the time has passed, also of a job that lives", () => {
    expect(decide({ within: "1m" }, "running", 59_999)).toBe("return")
    expect(decide({ within: "1m" }, "running", 60_000)).toBe("insert")
    expect(decide({ within: 0 }, "pending")).toBe("insert")
  })

  it("lets a job follow one that is under way, and changes one that waits", () => {
    for (const onConflict of ["replace", "reschedule", "after"] as const) {
      expect(decide({ onConflict }, "running")).toBe("follow")
      expect(decide({ onConflict }, "waiting")).toBe("follow")
      const waiting = onConflict === "after" ? "return" : onConflict
      expect(decide({ onConflict }, "pending")).toBe(waiting)
      expect(decide({ onConflict }, "retrying")).toBe(waiting)
      expect(decide({ onConflict, while: ["completed"] }, "completed")).toBe("return")
    }
    expect(decide({ onConflict: "error" }, "running")).toBe("error")
  })
})
