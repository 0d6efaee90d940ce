import { Loop } from "../../../../src/modules/jobqueue/worker/loop"

const errors: string[] = []
const logger = { error: (message: string) => errors.push(message) } as never

/** Long enough that only a wake-up can explain a second step. */
const NEVER = 1_000_000

function steps(results: (boolean | Error)[]) {
  const made: number[] = []
  let reached: () => void = () => undefined
  const done = new Promise<void>((resolve) => (reached = resolve))
  const step = () => {
    const result = results[made.length] ?? false
    made.push(made.length)
    if (made.length === results.length) {
      reached()
    }
    return result instanceof Error ? Promise.reject(result) : Promise.resolve(result)
  }
  return { made, done, step }
}

describe("a loop", () => {
  beforeEach(() => {
    errors.length = 0
  })

  it("goes on at once while there is more to do", async () => {
    const { step, done, made } = steps([true, true, false])
    const loop = new Loop({ name: "x", interval: NEVER, logger, step })
    loop.start()
    await done
    await loop.stop()
    expect(made).toHaveLength(3)
  })

  it("is woken from its wait", async () => {
    const { step, done } = steps([false, false])
    const loop = new Loop({ name: "x", interval: NEVER, logger, step })
    loop.start()
    await Promise.resolve()
    loop.wake()
    await done
    await loop.stop()
  })

  it("does not lose a wake-up that comes in the middle of a step", async () => {
    const { step, done } = steps([false, false])
    const loop: Loop = new Loop({
      name: "x",
      interval: NEVER,
      logger,
      step: () => {
        loop.wake()
        return step()
      },
    })
    loop.start()
    await done
    await loop.stop()
  })

  it("logs a step that throws, and goes on", async () => {
    const { step, done } = steps([new Error("no database"), false])
    const loop = new Loop({ name: "claiming", interval: NEVER, logger, step })
    loop.start()
    await done
    await loop.stop()
    expect(errors).toEqual([expect.stringContaining("claiming failed; it goes on")])
  })

  it("ends in the middle of a wait, and may be stopped twice", async () => {
    const loop = new Loop({ name: "x", interval: NEVER, logger, step: () => Promise.resolve(false) })
    loop.start()
    await Promise.all([loop.stop(), loop.stop()])
  })
})
