import type { ClaimedJob } from "../../../../src/modules/jobqueue/table/claimed-job"
import type { WaitingSuspects } from "../../../../src/modules/jobqueue/table/running"
import { Suspects } from "../../../../src/modules/jobqueue/worker/suspects"

const ONCE = { queue: "default", isRepeated: false, isOverdue: false }
const OVERDUE = { ...ONCE, isOverdue: true }
const REPEATED = { ...ONCE, isRepeated: true }
const OVERDUE_REPEATED = { ...REPEATED, isOverdue: true }

describe("whose turn it is among the jobs whose process died", () => {
  const seeing = (...waiting: WaitingSuspects[]) => {
    const suspects = new Suspects()
    suspects.seen(waiting)
    return suspects
  }
  const turnOf = (suspects: Suspects, queue = "default", inMilliseconds = 0) => {
    const turn = suspects.turn(queue, performance.now() + inMilliseconds)
    return turn && `${turn.limit} ${turn.kind}`
  }
  const begin = async (suspects: Suspects, count = Infinity) => {
    const turn = suspects.turn("default", performance.now())!
    const jobs = Array.from({ length: Math.min(count, turn.limit) }, () => ({}) as ClaimedJob)
    return suspects.claim(turn, () => Promise.resolve(jobs))
  }

  it("is one's at a time", async () => {
    const suspects = seeing(ONCE, { ...ONCE, queue: "other" })
    expect(turnOf(suspects)).toBe("1 suspect")

    const [job] = await begin(suspects)
    expect([turnOf(suspects), turnOf(suspects, "other")]).toEqual([undefined, undefined])
    suspects.end(job)
    expect(turnOf(suspects)).toBe("1 suspect")
  })

  it("is nobody's while the answer of a claim is awaited, nor in a queue that has none", () => {
    const suspects = seeing(OVERDUE)
    void suspects.claim(suspects.turn("default", 0)!, () => new Promise<never>(() => undefined))
    expect(turnOf(suspects)).toBeUndefined()
    expect(turnOf(seeing(ONCE), "other")).toBeUndefined()
  })

  it("is that of groups, which grow from look to look, of those that have waited long", async () => {
    const suspects = seeing(OVERDUE)
    expect(turnOf(suspects)).toBe("4 overdue")

    await begin(suspects)
    expect(turnOf(suspects)).toBeUndefined()
    suspects.seen([OVERDUE])
    expect(turnOf(suspects)).toBe("12 overdue")
    suspects.seen([ONCE])
    expect(turnOf(suspects)).toBeUndefined()
  })

  it("comes to one whose process died more often after the others, unless it has waited long", () => {
    expect(turnOf(seeing(REPEATED))).toBe("1 repeated")
    expect(turnOf(seeing(REPEATED, ONCE))).toBe("1 suspect")
    expect(turnOf(seeing(OVERDUE_REPEATED, OVERDUE))).toBe("1 repeated")
  })

  it("is nobody else's while one whose process died more often is new", async () => {
    const suspects = seeing(REPEATED)
    await begin(suspects)
    suspects.seen([OVERDUE, OVERDUE_REPEATED])
    expect(turnOf(suspects)).toBeUndefined()
  })

  it("never comes to one whose process died more often beside a new one", async () => {
    const suspects = seeing(OVERDUE)
    await begin(suspects)
    suspects.seen([OVERDUE_REPEATED])
    expect(turnOf(suspects)).toBeUndefined()
  })

  it("does not wait for a slow one, when somebody has waited long", async () => {
    const suspects = seeing(ONCE)
    await begin(suspects)
    suspects.seen([OVERDUE_REPEATED])
    expect(turnOf(suspects, "default", 3100)).toBe("1 repeated")
    suspects.seen([ONCE, REPEATED])
    expect(turnOf(suspects, "default", 3100)).toBeUndefined()
  })

  it("is over when fewer came than were asked for", async () => {
    const suspects = seeing(OVERDUE)
    const [job] = await begin(suspects, 1)
    expect(turnOf(suspects)).toBeUndefined()
    suspects.end(job)
    expect(turnOf(suspects)).toBe("1 suspect")

    await begin(suspects, 0)
    expect(turnOf(suspects)).toBeUndefined()
  })

  it("is free again when a claim fails", async () => {
    const suspects = seeing(ONCE)
    const claim = suspects.claim(suspects.turn("default", 0)!, () => Promise.reject(new Error("cut")))
    await expect(claim).rejects.toThrow("cut")
    expect(turnOf(suspects)).toBe("1 suspect")
  })
})
