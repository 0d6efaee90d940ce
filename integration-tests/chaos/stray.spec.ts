/** Promises that nobody handles, and warnings: what they do to the job that raised them, and to its process. */
import type { Child } from "./child"
import { TEST_TIMEOUT } from "./length"
import type { Setting } from "./process/setting"
import { Scene } from "./scene"
import { until } from "./until"

jest.setTimeout(TEST_TIMEOUT)

const OPTIONS = { pollInterval: "50ms" } as const

describe("what goes astray in a job", () => {
  let scene: Scene
  let child: Child

  beforeAll(async () => {
    scene = await Scene.open()
    child = await scene.start(OPTIONS)
  })
  afterAll(() => scene?.close())

  /** One attempt of a job. */
  async function perform(identifier: string, how: string) {
    const { id } = await scene.client.call<{ id: string }>("enqueue", identifier, { how })
    await until(
      scene,
      "it is settled",
      async () => (await scene.sql("select from jobqueue_live")).length === 0
    )
    return scene.client.call<Record<string, unknown>>("retrieveJob", id)
  }

  const ofJob = (id: unknown) => child.lines.filter((line) => line.includes(`#${String(id)} `)).join("\n")

  describe("in strict mode fails the attempt, with its error and stack, and never the process", () => {
    it.each([
      ["rejection", "Error"],
      ["timer", "Error"],
      ["until abort", "Error"],
      ["warning", "Warning"],
    ])("%s", async (how, error_name) => {
      const job = await perform("chaos.strict-stray", how)

      expect(job).toMatchObject({
        state: "failed",
        attempts: 1,
        failed_attempts: [
          {
            error_name,
            error_message: "gone astray",
            error_stack: expect.stringContaining("jobs.js"),
          },
        ],
      })
      expect(ofJob(job.id)).toMatch(/is strict: the attempt fails: gone astray/)
      expect(child.isAlive).toBe(true)
    })

    it("a rejection with something that is no error", async () => {
      expect(await perform("chaos.strict-stray", "text")).toMatchObject({
        state: "failed",
        failed_attempts: [{ error_name: "string", error_message: "gone astray", error_stack: null }],
      })
    })

    it("its signal aborts and says why", async () => {
      const { id } = await perform("chaos.strict-stray", "until abort")

      expect(scene.journal().find((entry) => entry.id === id && entry.event === "threw")).toMatchObject({
        message: expect.stringContaining("the job is strict"),
      })
    })

    it("one that comes after the job has settled is logged only", async () => {
      const job = await perform("chaos.strict-stray", "late")
      await until(scene, "it is logged", () => /gone astray/.test(ofJob(job.id)))

      expect(await scene.client.call("retrieveJob", job.id)).toMatchObject({ state: "completed" })
      expect(child.isAlive).toBe(true)
    })

    it("the plugin's option makes all jobs strict", async () => {
      await child.kill("SIGTERM")
      const strict = await scene.start({ ...OPTIONS, strict: true })

      expect(await perform("chaos.stray", "rejection")).toMatchObject({ state: "failed" })

      await strict.kill("SIGTERM")
      child = await scene.start(OPTIONS)
    })
  })

  describe("without strict mode", () => {
    it.each(["rejection", "text", "timer"])(
      "is logged with the job's name, and the job goes on: %s",
      async (how) => {
        const job = await perform("chaos.stray", how)

        expect(job).toMatchObject({ state: "completed", failed_attempts: [] })
        expect(ofJob(job.id)).toMatch(
          /error: \[jobqueue\] chaos\.stray #\d+ .*left a rejected promise that nobody handles: gone astray/
        )
        expect(child.isAlive).toBe(true)
      }
    )

    it("a warning changes nothing", async () => {
      const job = await perform("chaos.stray", "warning")

      expect(job).toMatchObject({ state: "completed", failed_attempts: [] })
      expect(ofJob(job.id)).not.toMatch(/warning/)
    })

    it("performImmediate in a process without workers is safe from it too", async () => {
      const answer = await scene.client.call("performImmediate", "chaos.stray", { how: "rejection" })
      const strict = await scene.client.call("performImmediate", "chaos.strict-stray", { how: "rejection" })

      expect(answer).toMatchObject({ id: null, state: "completed" })
      expect(strict).toMatchObject({ state: "failed", error: { message: "gone astray" } })
      expect(scene.client.isAlive).toBe(true)
    })
  })

  describe("what goes astray outside of jobs is Node's own business", () => {
    /** A promise that belongs to no job is rejected, after one that belonged to a job was. */
    async function reject(extra: Pick<Setting, "listener" | "stopsFirst">) {
      const foreign = scene.spawn(OPTIONS, extra, "foreign.js")
      await foreign.ready
      foreign.tell("reject")
      const { code } = await foreign.died
      return { code, log: foreign.lines.join("\n") }
    }

    it("ends the process when nobody listens", async () => {
      const { code, log } = await reject({ listener: "none" })

      expect(code).toBe(1)
      expect(log).toMatch(/^Error: foreign$/m)
      expect(log).not.toMatch(/\[jobqueue\].*foreign/)
    })

    it("comes to who catches exceptions, as a rejection", async () => {
      const { code, log } = await reject({ listener: "uncaughtException" })

      expect(code).toBe(0)
      expect(log).toMatch(/^caught foreign of unhandledRejection$/m)
    })

    it("comes to who listens, and a job's does not", async () => {
      const { code, log } = await reject({ listener: "own" })

      expect(code).toBe(0)
      expect(log.match(/^heard of .*$/gm)).toEqual(["heard of Error: foreign"])
    })

    it("ends the process by a listener that does so, which a job's does not reach", async () => {
      await expect(reject({ listener: "exiting" })).resolves.toMatchObject({ code: 3 })
    })

    it("ends the process also when the module was stopped before", async () => {
      await expect(reject({ listener: "none", stopsFirst: true })).resolves.toMatchObject({ code: 1 })
    })
  })
})
