import { asCurrentJob } from "../../../../src/modules/jobqueue/lifecycle/current-job"
import { StrayWatch } from "../../../../src/modules/jobqueue/lifecycle/stray-watch"

const told: unknown[] = []
const job = { job: {} as never, onStray: (kind: string, reason: unknown) => told.push([kind, reason]) }

/** As Node does it. Answers whether anybody took it. */
const reject = (reason: unknown) => process.emit("unhandledRejection", reason, Promise.resolve())
const inJob = <T>(work: () => T): T => asCurrentJob(job, work)

describe("the watch over strays", () => {
  const watch = new StrayWatch()
  const other = new StrayWatch()
  const unwrapped = process.emit

  beforeEach(() => void (told.length = 0))
  afterEach(() => {
    watch.stop()
    other.stop()
  })

  it("tells a job of its own rejections and warnings, and nobody else of the rejections", () => {
    const listener = jest.fn()
    process.on("unhandledRejection", listener)
    watch.start()

    expect(inJob(() => reject("mine"))).toBe(true)
    inJob(() => process.emit("warning", new Error("mine too")))

    process.off("unhandledRejection", listener)
    expect(told).toEqual([
      ["rejection", "mine"],
      ["warning", new Error("mine too")],
    ])
    expect(listener).not.toHaveBeenCalled()
  })

  it("leaves what belongs to no job as it is: not taken when nobody listens", () => {
    watch.start()

    expect(reject("a stranger's")).toBe(false)
    expect(told).toEqual([])
  })

  it("lasts until the last one stops, however often they start and stop", () => {
    watch.start()
    watch.start()
    other.start()
    watch.stop()
    watch.stop()
    expect(inJob(() => reject("mine"))).toBe(true)

    other.stop()

    expect(inJob(() => reject("mine"))).toBe(false)
    expect(process.emit).toBe(unwrapped)
    expect(process.listenerCount("warning")).toBe(0)
  })

  it("stays below somebody who wrapped it, passes everything on, and is used again", () => {
    watch.start()
    const below = process.emit
    const above = jest.fn((...given: unknown[]) => Reflect.apply(below, process, given) as boolean)
    process.emit = above as never
    watch.stop()
    expect(inJob(() => reject("mine"))).toBe(false)

    watch.start()
    expect(process.emit).toBe(above)
    expect(inJob(() => reject("mine"))).toBe(true)

    process.emit = below
    watch.stop()
    expect(process.emit).toBe(unwrapped)
  })
})
