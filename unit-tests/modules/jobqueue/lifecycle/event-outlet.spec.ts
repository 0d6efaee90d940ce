import { EventOutlet } from "../../../../src/modules/jobqueue/lifecycle/event-outlet"
import { asCurrentJob, currentJob } from "../../../../src/modules/jobqueue/lifecycle/current-job"
import { jobEvent, type JobEvent } from "../../../../src/modules/jobqueue/job/job-events"
import type { Job } from "../../../../src/modules/jobqueue/job/job"

const logged: string[] = []
const LIMITS = { logger: { error: (text: string) => logged.push(text) } as never, hookTimeout: 1000 }

const job = (id: number, said: Partial<Job> = {}) =>
  ({ id: String(id), identifier: "test", state: "failed", context: {}, ...said }) as Job
const event = (id: number) => jobEvent(job(id)) as JobEvent

/** An outlet to a bus whose answers the test decides. */
function outletTo(emit: (events: JobEvent[]) => Promise<void>) {
  const calls: string[][] = []
  const bus = {
    emit(events: JobEvent[]) {
      calls.push(events.map(({ data }) => data.id))
      return emit(events)
    },
  }
  return { calls, outlet: new EventOutlet(() => bus, LIMITS) }
}

describe("the outlet of events", () => {
  beforeEach(() => (logged.length = 0))

  it("emits what came in one tick together, and what comes meanwhile as the next call", async () => {
    let isSent: () => void = () => undefined
    const sent = new Promise<void>((resolve) => (isSent = resolve))
    const { calls, outlet } = outletTo(() => Promise.resolve(isSent()))
    outlet.add(event(1))
    outlet.add(event(2))
    await sent
    outlet.add(event(3))
    await outlet.sent()

    expect(calls).toEqual([["1", "2"], ["3"]])
  })

  it("goes on after a bus that failed, and says so", async () => {
    let failures = 1
    const { calls, outlet } = outletTo(() =>
      failures-- > 0 ? Promise.reject(new Error("no Redis")) : Promise.resolve()
    )
    outlet.add(event(1))
    await outlet.sent()
    outlet.add(event(2))
    await outlet.sent()

    expect(calls).toEqual([["1"], ["2"]])
    expect(logged).toEqual([expect.stringMatching(/emitting 1 events .* of job #1\) failed, .* no Redis/)])
  })

  it("keeps so many while a bus does not answer, drops the rest, and says how many", async () => {
    let isSent: () => void = () => undefined
    let answer: () => void = () => undefined
    const sent = new Promise<void>((resolve) => (isSent = resolve))
    const answered = new Promise<void>((resolve) => (answer = resolve))
    const { calls, outlet } = outletTo(() => (isSent(), answered))
    outlet.add(event(0))
    await sent
    Array.from({ length: 10_003 }, (_, id) => outlet.add(event(id)))
    answer()
    await outlet.sent()

    expect(calls.map(({ length }) => length)).toEqual([1, 10_000])
    expect(logged).toEqual([expect.stringContaining("3 events were dropped")])
  })

  it("emits outside of any job: a subscriber's jobs are no children of whatever runs here", async () => {
    let parent: unknown = "not called"
    const { outlet } = outletTo(() => Promise.resolve(void (parent = currentJob())))
    asCurrentJob({ job: job(7), onStray: () => undefined }, () => outlet.add(event(1)))
    await outlet.sent()

    expect(parent).toBeUndefined()
  })

  it("is content without a bus", async () => {
    const outlet = new EventOutlet(() => undefined, LIMITS)
    outlet.add(event(1))
    await outlet.sent()

    expect(logged).toEqual([])
  })
})

describe("the event of a job", () => {
  it.each(["pending", "scheduled", "running", "waiting"] as const)(
    "does not exist for the state %s",
    (state) => {
      expect(jobEvent(job(1, { state }))).toBeUndefined()
    }
  )

  it("does not exist where an event of a job brought the job about", () => {
    expect(jobEvent(job(1, { context: { event: { name: "jobqueue.job.held" } } }))).toBeUndefined()
    expect(jobEvent(job(1, { context: { event: { name: "order.placed" } } }))).toBeDefined()
  })
})
