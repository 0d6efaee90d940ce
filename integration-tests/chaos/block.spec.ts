/** The lease beats apart from the event loop: a handler that blocks it keeps its job, and a dead heart loses it. */
import type { Child } from "./child"
import { ORPHAN_MILLISECONDS } from "./accounts"
import { chosen, TEST_TIMEOUT } from "./length"
import type { Entry } from "./process/journal"
import { Scene } from "./scene"
import { until } from "./until"

jest.setTimeout(TEST_TIMEOUT)

/** Longer than the lease of 12 s and a rescue. */
const BLOCKED = chosen({ fast: 16_000, long: 60_000 })

describe("perform a job that", () => {
  let scene: Scene
  let blocked: Child
  let heartless: Child
  let blocking: string
  let orphan: string

  // Both stories are told at once, because each takes longer than a lease.
  beforeAll(async () => {
    scene = await Scene.open({ queues: { first: {}, second: {} } })
    const elsewhere = { worker: false }
    blocked = await scene.start({ queues: { first: {}, second: elsewhere } })
    heartless = await scene.start({ queues: { first: elsewhere, second: {} } })
    ;[blocking] = await enqueue("chaos.block", "first", { ms: BLOCKED })
    ;[orphan] = await enqueue("chaos.stop-heart", "second", { in: heartless.pid })
    await until(scene, "both run", () => begun(blocking).length + begun(orphan).length === 2)
    await scene.start({ queues: { first: {}, second: {} } })
  })
  afterAll(() => scene?.close())

  describe("blocks the event loop for longer than the lease", () => {
    it("keeps the lease alive and the job where it is", async () => {
      let lapses = 0
      await until(
        scene,
        "the blocking job has ended",
        async () => {
          lapses += (await isLeaseAlive(blocked)) ? 0 : 1
          return (await stateOf(blocking)) === "completed"
        },
        2 * BLOCKED
      )

      expect(lapses).toBe(0)
      expect(begun(blocking)).toEqual([expect.objectContaining({ pid: blocked.pid, attempt: 1 })])
    })

    it("names the job in a warning", async () => {
      await until(
        scene,
        "a warning tells of it",
        () =>
          blocked.lines.some((line) => /event loop/i.test(line) && namesJob(line, "chaos.block", blocking)),
        5000
      )
    })
  })

  describe("runs in a process whose lease is not renewed any more", () => {
    it("is rescued by another process within 20 s", async () => {
      await until(
        scene,
        "another process performs it",
        async () => (await stateOf(orphan)) === "completed",
        ORPHAN_MILLISECONDS
      )

      expect(begun(orphan).map(({ pid }) => pid === heartless.pid)).toEqual([true, false])
    })
  })

  const enqueue = (identifier: string, queue: string, payload: object) =>
    scene.client.call<string[]>("enqueueMany", identifier, [{ payload, queue }])

  const begun = (job: string): Entry[] =>
    scene.journal().filter(({ id, event }) => id === job && event === "began")

  async function stateOf(id: string): Promise<unknown> {
    return (await scene.sql("select state from jobqueue_job where id = $1", [id]))[0]?.state
  }

  async function isLeaseAlive({ pid }: Child): Promise<boolean> {
    const alive = "select from jobqueue_worker where pid = $1 and lease_until > now()"
    return (await scene.sql(alive, [pid])).length === 1
  }
})

function namesJob(line: string, identifier: string, id: string): boolean {
  return line.includes(identifier) && new RegExp(`\\b${id}\\b`).test(line)
}
