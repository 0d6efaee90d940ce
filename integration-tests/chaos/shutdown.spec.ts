/** SIGTERM: what a process does with the jobs that it runs and with those that wait, within its grace and past it. */
import type { JobQueueOptions } from "../../src"
import type { Child, Death } from "./child"
import { TEST_TIMEOUT } from "./length"
import { monotonic, type Entry } from "./process/journal"
import type { Setting } from "./process/setting"
import { Scene } from "./scene"
import { until } from "./until"

jest.setTimeout(TEST_TIMEOUT)

const PLACES = 4
const WAITING = 200

describe("end a process by SIGTERM", () => {
  let scene: Scene

  beforeAll(async () => {
    scene = await Scene.open()
  })
  afterEach(() => scene.clear())
  afterAll(() => scene?.close())

  it("claims nothing after the signal, lets running jobs finish, and gives back what it claimed ahead", async () => {
    const { child, running } = await saturate({ shutdownGrace: "20s" })
    const signalled = monotonic()
    const death = await child.kill("SIGTERM")

    expect(death).toMatchObject({ code: 0, signal: null })
    expect(begunAfter(signalled)).toEqual([])
    expect(await statesOf(running)).toEqual(Array(PLACES).fill("completed 1"))
    await expectUntouchedBacklog()
    expect(await scene.sql("select from jobqueue_worker")).toEqual([])
  })

  it("claims nothing after the signal, though its hooks are not called because an HTTP response is still open", async () => {
    const { child, running } = await saturate({}, { ignoresTermination: true })
    const signalled = monotonic()
    child.signal("SIGTERM")
    await until(scene, "running jobs are completed", async () =>
      (await statesOf(running)).every((state) => state === "completed 1")
    )
    // Wakes every process that still claims.
    await enqueue("chaos.nothing", [{}])
    await child.call("countJobs")

    expect(begunAfter(signalled)).toEqual([])
    await expectUntouchedBacklog(1)
  })

  it("aborts what runs past the grace, and gives its attempt back", async () => {
    const child = await scene.start({ concurrency: PLACES, shutdownGrace: "500ms" })
    const hanging = await enqueue("chaos.hang", [{}, { isDeaf: true }])
    await until(scene, "they run", () => begunBy(child) === 2)
    const death: Death = await child.kill("SIGTERM")

    expect(death).toMatchObject({ code: 0, signal: null })
    expect(await statesOf(hanging)).toEqual(["pending 0", "pending 0"])
    expect(scene.journal().filter(({ event }) => event === "threw")).toEqual([
      expect.objectContaining({ id: hanging[0], message: expect.stringMatching(/shut/i) }),
    ])
    expect(await scene.sql("select worker from jobqueue_live where worker is not null")).toEqual([])
    expect(await scene.sql("select from jobqueue_worker")).toEqual([])
  })

  /** A process whose places are all taken for two seconds, with a backlog of jobs that it knows to be quick. */
  async function saturate(options: JobQueueOptions, extra?: Partial<Setting>) {
    const child = await scene.start({ concurrency: PLACES, ...options }, extra)
    const quick = await enqueue("chaos.nothing", Array(WAITING).fill({}))
    await until(scene, "the quick ones are completed", async () =>
      (await statesOf(quick)).every((state) => state === "completed 1")
    )
    const running = await enqueue("chaos.wait", Array(PLACES).fill({ ms: 2000 }))
    await until(scene, "every place is taken", () => begunBy(child) === WAITING + PLACES)
    await enqueue("chaos.nothing", Array(WAITING).fill({}))
    return { child, running }
  }

  async function expectUntouchedBacklog(more = 0): Promise<void> {
    const backlog = await scene.sql(
      "select state, attempts, refunds, crashes, worker, count(*)::int as jobs from jobqueue_live group by 1, 2, 3, 4, 5"
    )
    const untouched = { state: "pending", attempts: 0, refunds: 0, crashes: 0, worker: null }
    expect(backlog).toEqual([{ ...untouched, jobs: WAITING + more }])
  }

  const enqueue = (identifier: string, payloads: object[]) =>
    scene.client.call<string[]>(
      "enqueueMany",
      identifier,
      payloads.map((payload) => ({ payload }))
    )

  const begunBy = (child: Child): number =>
    scene.journal().filter(({ pid, event }) => pid === child.pid && event === "began").length

  const begunAfter = (time: number): Entry[] =>
    scene.journal().filter(({ at, event }) => event === "began" && at > time)

  /** State and attempts of each. */
  async function statesOf(ids: string[]): Promise<string[]> {
    const rows = await scene.sql<{ state: string; attempts: number }>(
      "select state, attempts from jobqueue_job where id = any($1) order by id",
      [ids]
    )
    return rows.map(({ state, attempts }) => `${state} ${attempts}`)
  }
})
