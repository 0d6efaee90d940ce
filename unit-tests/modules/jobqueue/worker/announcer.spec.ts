import type { QueueBackend } from "../../../../src/modules/jobqueue/backend/contract"
import { Announcer } from "../../../../src/modules/jobqueue/worker/announcer"

describe("the announcer", () => {
  let sent: (readonly string[])[]
  let announcer: Announcer

  beforeEach(() => {
    jest.useFakeTimers()
    sent = []
    const announce: QueueBackend["announce"] = (queues) => Promise.resolve(void sent.push(queues))
    announcer = new Announcer({ announce } as QueueBackend, { debug: () => undefined } as never)
  })
  afterEach(() => jest.useRealTimers())

  it("tells of new work at once", () => {
    announcer.announce(["orders"])
    expect(sent).toEqual([["orders"]])
  })

  it("makes one notification of a burst, when its credit is used up", async () => {
    while (announcer.mayAnnounce()) {
      // statements that announce their queues themselves
    }
    announcer.announce(["orders"])
    announcer.announce(["mails", "orders"])
    expect(sent).toEqual([])

    await jest.advanceTimersByTimeAsync(15)
    expect(sent).toEqual([["orders", "mails"]])
  })

  it("sends what is waiting when it ends", async () => {
    while (announcer.mayAnnounce()) {
      // as above
    }
    announcer.announce(["orders"])
    await announcer.stop()
    expect(sent).toEqual([["orders"]])
  })
})
