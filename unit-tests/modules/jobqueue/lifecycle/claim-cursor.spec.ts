import { ClaimCursor, type ClaimTaken } from "../../../../src/modules/jobqueue/lifecycle/claim-cursor"
import type { ClaimedJob } from "../../../../src/modules/jobqueue/table/claimed-job"

const job = (priority: number, seq: number) => ({ priority, seq }) as ClaimedJob

describe("the cursor of a claim", () => {
  let now: number
  let cursor: ClaimCursor
  const claim = (taken: Partial<ClaimTaken>) =>
    cursor.after({ jobs: [], isShort: false, levels: cursor.next(), milliseconds: 1, lastSeq: 0, ...taken })

  beforeEach(() => {
    now = 1000
    cursor = new ClaimCursor([10, 100], () => now)
  })

  it("reads everything first, then goes on behind what it saw, level by level", () => {
    expect(cursor.next()).toBeUndefined()
    claim({ jobs: [job(100, 7), job(100, 9)] })

    expect(cursor.next()).toEqual([
      { priority: 10, seq: 0 },
      { priority: 100, seq: 9 },
    ])
  })

  it("passes by what stands in levels that a full claim walked to their end", () => {
    claim({ jobs: [job(100, 7)], lastSeq: 5000 })
    expect(cursor.next()).toEqual([
      { priority: 10, seq: 5000 },
      { priority: 100, seq: 7 },
    ])
  })

  it("stays a moment behind while claims come short, because transactions commit in another order", () => {
    claim({ isShort: true })
    claim({ jobs: [job(100, 20)], isShort: true })
    expect(cursor.next()).toContainEqual({ priority: 100, seq: 0 })

    now += 300
    claim({ isShort: true })
    now += 300
    claim({ isShort: true })
    expect(cursor.next()).toContainEqual({ priority: 100, seq: 20 })
  })

  it("reads everything again after a second, or later when that takes long", () => {
    claim({ isShort: true })
    expect([cursor.untilFull, cursor.next()?.length]).toEqual([1000, 2])
    now += 1000
    expect(cursor.next()).toBeUndefined()

    claim({ isShort: true, milliseconds: 200 })
    expect(cursor.untilFull).toBe(4000)
  })

  it("reads everything again at once when a claim comes short and the last full one had left something", () => {
    claim({ jobs: [job(10, 1)], milliseconds: 0 })
    claim({ isShort: true })
    expect(cursor.next()).toBeUndefined()
  })

  it("learns priorities that nobody named", () => {
    claim({ jobs: [job(3, 1)] })
    expect(cursor.next()?.map(({ priority }) => priority)).toEqual([3, 10, 100])
  })
})
