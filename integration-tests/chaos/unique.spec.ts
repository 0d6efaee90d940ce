/** Unique keys between real processes: whatever they enqueue at the same moment, one job comes of it. */
import type { EnqueuedJob, UniqueOptions } from "../../src"
import type { Child } from "./child"
import { TEST_TIMEOUT } from "./length"
import { readRuns } from "./runs"
import { Scene } from "./scene"
import { until, untilNoneIsLeft } from "./until"

jest.setTimeout(TEST_TIMEOUT)

const CALLS = 25

describe("enqueue with a unique key from 4 processes at once", () => {
  let scene: Scene

  beforeAll(async () => {
    scene = await Scene.open()
  })
  afterEach(() => scene.clear())
  afterAll(() => scene?.close())

  /** 4 processes that perform nothing themselves. */
  async function startCallers(): Promise<Child[]> {
    return [scene.client, ...(await Promise.all([1, 2, 3].map(() => scene.start({ worker: false }))))]
  }

  /** 100 calls: every process sends all of its own at once. */
  function enqueueFrom(
    callers: readonly Child[],
    identifier: string,
    payload: object,
    unique: UniqueOptions
  ) {
    const calls = callers.flatMap((child) => Array<Child>(CALLS).fill(child))
    return Promise.all(
      calls.map((child) => child.call<EnqueuedJob>("enqueue", identifier, payload, { unique }))
    )
  }

  it("makes one job, with which all others are answered", async () => {
    const jobs = await enqueueFrom(await startCallers(), "chaos.nothing", {}, { key: "one" })

    expect(jobs).toHaveLength(4 * CALLS)
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(1)
    expect(jobs.filter(({ deduplicated }) => !deduplicated)).toHaveLength(1)
    expect(await scene.sql("select id from jobqueue_request")).toHaveLength(1)
  })

  it("lets exactly one job follow a running one", async () => {
    const unique = { key: "follow", onConflict: "after" } as const
    const callers = await startCallers()
    await scene.start({})
    const { id } = await scene.client.call<EnqueuedJob>("enqueue", "chaos.wait", { ms: 3000 }, { unique })
    await until(scene, "it runs", () => scene.journal().some((entry) => entry.id === id))
    const jobs = await enqueueFrom(callers, "chaos.wait", { ms: 0 }, unique)
    const followers = new Set(jobs.map((job) => job.id))
    await untilNoneIsLeft(scene, 30_000)

    expect(followers.size).toBe(1)
    const runs = readRuns(scene.journal())
    expect(runs.map((run) => run.id)).toEqual([id, ...followers])
    expect(runs[1].began).toBeGreaterThan(runs[0].ended)
  })
})
