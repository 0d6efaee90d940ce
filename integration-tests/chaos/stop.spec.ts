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
  let reporting: string
  let reports: unknown
  let oldId: string

  beforeAll(async () => {
    scene = await Scene.open()
    stopped = await scene.start(OPTIONS)
    oldId = await workerIdOf(stopped)
    ;[hanging] = await enqueue("chaos.hang", { in: stopped.pid })
    ;[late] = await enqueue("chaos.wait", { in: stopped.pid, ms: 2000 })
    ;[reporting] = await enqueue("chaos.report", { in: stopped.pid })
    await until(scene, "all run, and one reports", async () => begun(stopped).length === 3 && reported())
    stopped.signal("SIGSTOP") // before the other one begins, which may take longer than the late job
    other = await scene.start(OPTIONS)
    // Long: the lease runs out by itself.
    await (IS_LONG || endLease(scene, stopped.pid))
    await until(scene, "the other process performs them", () => begun(other).length === 3)
    await untilNoneIsLeft(scene)
    reports = await reported()
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
      { id: reporting, state: "completed", worker: otherId },
    ])
  })

  it("refuses its touch, its progress and its log lines, which change nothing", async () => {
    const refused = await until(scene, "the reporting job is refused", () =>
      scene
        .journal()
        .find(({ id, event, pid }) => id === reporting && event === "threw" && pid === stopped.pid)
    )

    expect(refused.message).toMatch(/^aborted: .*lost.*; its signal: JobAborted: aborted: .*lost/)
    expect(stopped.logged(new RegExp(`#${reporting}\\b.* what it reported was refused`))).toBe(true)
    expect(reports).toMatchObject({ done: 1, attempt: 2, note: `by ${other.pid}` })
    expect(await reported()).toEqual(reports)
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

  /** The progress of the reporting job, with all lines of its log. */
  async function reported(): Promise<Record<string, unknown> | undefined> {
    const [row] = await scene.sql(
      `select p.*, array(select claim || ' ' || line || ' ' || message || ' ' || logged_at from jobqueue_log
         where job_id = p.job_id order by claim, line) as lines
       from jobqueue_progress p where job_id = $1`,
      [reporting]
    )
    return row
  }

  const outcomes = () =>
    scene.sql<{ id: string; state: string; worker: string }>(
      "select id, state, worker from jobqueue_outcome order by id"
    )
})
