import { AbstractJob, type HookContext } from "../../../../src"
import { Afterwards } from "../../../../src/modules/jobqueue/lifecycle/afterwards"
import { EventOutlet } from "../../../../src/modules/jobqueue/lifecycle/event-outlet"
import { wishesOf, type Wishes } from "../../../../src/modules/jobqueue/lifecycle/hooks"
import { Run, type RunOwner } from "../../../../src/modules/jobqueue/lifecycle/run"
import type { ClaimedJob } from "../../../../src/modules/jobqueue/table/claimed-job"
import type { Settlement } from "../../../../src/modules/jobqueue/table/settle"

class Plain extends AbstractJob<object> {
  static identifier = "test.plain"
  perform() {}
}

class Slow extends AbstractJob<{ until: Promise<void> }> {
  static identifier = "test.slow"
  perform() {}
  override onFinish(_: HookContext) {
    return this.payload.until
  }
}

const LIMITS = { logger: { error: () => undefined } as never, hookTimeout: 60_000 }
const COMPLETED = { conclusion: { state: "completed", uncounted: false } } as Settlement

function performed(instance: Slow): Run {
  const job = { id: "1", context: {} }
  const run = new Run({ attempt: 1, job } as ClaimedJob, {} as RunOwner)
  run.watched = { instance, context: {}, wishes: wishesOf(instance) as Wishes, thrown: undefined } as never
  return run
}

const afterwards = () => new Afterwards(new EventOutlet(() => undefined, LIMITS), {} as never, LIMITS)

describe("afterwards", () => {
  it("is behind while more than 1,000 hooks have not ended, so that nothing more is claimed", async () => {
    let end: () => void = () => undefined
    const until = new Promise<void>((resolve) => (end = resolve))
    const after = afterwards()
    Array.from({ length: 1000 }, () => after.settled(performed(new Slow({ until })), COMPLETED, "completed"))
    expect(after.isBehind).toBe(false)

    after.settled(performed(new Slow({ until })), COMPLETED, "completed")
    expect(after.isBehind).toBe(true)

    end()
    await after.over()
    expect(after.isBehind).toBe(false)
  })

  it("asks nothing of a class without hooks and events", () => {
    expect(wishesOf(new Plain({}))).toBeUndefined()
    expect(wishesOf(new Plain({}))).toBeUndefined()
    expect(wishesOf(new Slow({ until: Promise.resolve() }))).toMatchObject({
      hasAfter: true,
      hasStart: false,
    })
  })
})
