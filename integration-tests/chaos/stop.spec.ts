/** SIGSTOP for longer than the lease: a process that comes back from the dead changes nothing, and begins anew. */
import type { Child } from "./child"
import { endLease } from "./fleet"
import { IS_LONG, TEST_TIMEOUT } from "./length"
import type { Entry } from "./process/journal"
import { Scene } from "./scene"
import { until, untilNoneIsLeft } from "./until"

jest.setTimeout(TEST_TIMEOUT)

const OPTIONS = { pollInterval: "200ms" } as const

describe("stop a process for longer than its lease while another one lives", () => {
  let scene: Scene
  let stopped: Child
  let other: Child
  let hanging: string
  let late: string
  let oldId: string

  beforeAll(async () => {
    scene = await Scene.open()
    stopped = await scene.start(OPTIONS)
    oldId = await workerIdOf(stopped)
    ;[hanging] = await enqueue("chaos.hang", { in: stopped.pid })
    ;[late] = await enqueue("chaos.wait", { in: stopped.pid, ms: 2000 })
    await until(scene, "both run", () => begun(stopped).length === 2)
    stopped.signal("SIGSTOP") // at once: on a slow machine the other one begins longer than the late job takes
    other = await scene.start(OPTIONS)
    // Long: the lease runs out by itself.
    await (IS_LONG || endLease(scene, stopped.pid))
    await until(scene, "the other process performs them", () => begun(other).length === 2)
    await untilNoneIsLeft(scene)
    stopped.signal("SIGCONT")
  })
  afterAll(() => scene?.close())

  it("refuses what the stopped process brings, and says so in its log", async () => {
    await until(scene, "the late job returns in the stopped process", () =>
      scene.journal().some(({ id, event, pid }) => id === late && event === "returned" && pid === stopped.pid)
    )
    await until(scene, "its outcome is refused", () => stopped.logged(new RegExp(`#?${late}\\b.*refused`)))

    const otherId = await workerIdOf(other)
    expect(await outcomes()).toEqual([
      { id: hanging, state: "completed", worker: otherId },
      { id: late, state: "completed", worker: otherId },
    ])
  })

  it("aborts the signals of its handlers with the reason", async () => {
    const aborted = await until(scene, "the hanging job is aborted", () =>
      scene.journal().find(({ id, event }) => id === hanging && event === "threw")
    )

    expect(aborted).toMatchObject({ pid: stopped.pid, message: expect.stringMatching(/lease|dead|lost/i) })
  })

  it("registers it anew under another id, under which it performs jobs", async () => {
    const newId = await until(scene, "it is registered anew", async () => {
      const id = await workerIdOf(stopped)
      return id !== oldId && id
    })
    await other.kill("SIGTERM")
    const [id] = await enqueue("chaos.nothing", {})
    await untilNoneIsLeft(scene)

    expect(Number(newId)).toBeGreaterThan(Number(oldId))
    expect((await outcomes()).find((outcome) => outcome.id === id)).toEqual({
      id,
      state: "completed",
      worker: newId,
    })
  })

  const enqueue = (identifier: string, payload: object) =>
    scene.client.call<string[]>("enqueueMany", identifier, [{ payload }])

  const begun = ({ pid }: Child): Entry[] =>
    scene.journal().filter((entry) => entry.pid === pid && entry.event === "began")

  async function workerIdOf({ pid }: Child): Promise<string> {
    return until(scene, `process ${pid} is registered`, async () => {
      const [row] = await scene.sql<{ id: string }>("select id from jobqueue_worker where pid = $1", [pid])
      return row?.id
    })
  }

  const outcomes = () =>
    scene.sql<{ id: string; state: string; worker: string }>(
      "select id, state, worker from jobqueue_outcome order by id"
    )
})
