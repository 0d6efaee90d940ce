/** What a person changes while jobs run: retry and cancel on the way, the settings, and scheduled runs. */
import { scheduledWorker } from "../../src"
import { Gate, performed, script, Scripted } from "./jobs"
import { jobqueueModule } from "./runner"

const ANNA = { type: "user", id: "user_anna" }

jobqueueModule({}, ({ service, work, sql }) => {
  beforeEach(() => {
    performed.length = 0
    script.steps = []
  })

  describe("retry", () => {
    it("runs a retrying job now", async () => {
      script.steps = [(job) => job.outcomes.retry({ in: "1h" }), () => "sent"]
      const { id } = await service().enqueue(Scripted, {})
      await work()
      await service().retryJob(id)
      await work()

      expect(await service().retrieveJob(id)).toMatchObject({ state: "completed", attempts: 2 })
    })
  })

  describe("cancel", () => {
    it("keeps a pending job from ever running", async () => {
      const { id } = await service().enqueue(Scripted, {})

      expect(await service().cancelJob(id)).toMatchObject({
        state: "canceled",
        reason: "canceled by a person",
      })
      await work()

      expect(performed).toEqual([])
    })

    it("aborts a running job, which stays canceled whatever its handler does next", async () => {
      const gate = new Gate()
      script.steps = [
        async (_, { signal }) => {
          signal.addEventListener("abort", () => gate.open())
          await gate.pass()
          return "finished all the same"
        },
      ]
      const { id } = await service().enqueue(Scripted, {})
      const working = work()
      await gate.arrived

      await service().cancelJob(id, ANNA)
      await working

      expect(await service().retrieveJob(id)).toMatchObject({
        state: "canceled",
        reason: "canceled by a person while it ran",
      })
    })
  })

  it.each(["0", "-1", "1e3", "abc", "1; drop table jobqueue_live", "9".repeat(30), "", "٣"])(
    "the nonsense id %j is not found",
    async (id) => {
      await expect(service().retryJob(id)).rejects.toMatchObject({ type: "not_found" })
    }
  )

  describe("settings", () => {
    it("say where a value comes from, and can be reset", async () => {
      const key = "default_worker.cron"
      expect(await service().getSettings()).toEqual({ [key]: { value: "*/5 * * * *", source: "built-in" } })
      expect(await service().updateSettings({ [key]: "0 3 * * *" }, ANNA)).toEqual({
        [key]: { value: "0 3 * * *", source: "admin" },
      })
      await expect(service().updateSettings({ [key]: "61 * * * *" })).rejects.toMatchObject({
        type: "invalid_data",
        message: expect.stringContaining('"61 * * * *" is no cron pattern'),
      })
      expect(await service().updateSettings({ [key]: null })).toMatchObject({ [key]: { source: "built-in" } })
    })

    it("name the minutes in which the scheduled worker of the default queue works", async () => {
      await service().enqueue(Scripted, {})

      expect(await service().workDefaultQueue(new Date("2026-01-01T10:03:00Z"))).toBe(0)
      expect(await service().workDefaultQueue(new Date("2026-01-01T10:05:01Z"))).toBe(1)
    })

    it("are not missed by a tick that comes late, or was left out", async () => {
      await service().enqueue(Scripted, {})
      await service().workDefaultQueue(new Date("2026-01-01T10:03:00Z"))

      expect(await service().workDefaultQueue(new Date("2026-01-01T10:06:07Z"))).toBe(1)
      expect(await service().workDefaultQueue(new Date("2026-01-01T10:07:00Z"))).toBe(0)
    })

    it("let it do nothing while a living process serves the queue", async () => {
      await service().enqueue(Scripted, {})
      await sql(`insert into jobqueue_worker (id, host, pid, version, queues, identifiers, lease_until)
        values (99, 'elsewhere', 1, '0', '{default}', '{}', now() + interval '1 minute')`)

      expect(await service().workDefaultQueue(new Date("2026-01-01T10:05:00Z"))).toBe(0)
    })
  })

  describe("a scheduled run", () => {
    it("is what a file in src/jobs exports", async () => {
      await service().enqueueMany(
        Scripted,
        Array.from({ length: 3 }, () => ({ payload: {} }))
      )

      await scheduledWorker({ queue: "default", limit: 2 })({ resolve: service } as never)

      expect(performed).toHaveLength(2)
    })

    it("refuses a queue that nobody knows", async () => {
      await expect(service().workScheduled({ queue: "defalt" })).rejects.toThrow('did you mean "default"?')
    })

    it("performs no more than its limit", async () => {
      await service().enqueueMany(
        Scripted,
        Array.from({ length: 5 }, () => ({ payload: {} }))
      )

      expect(await service().workScheduled({ queue: "default", limit: 3 })).toBe(3)
      expect(performed).toHaveLength(3)
    })

    it("ends with its time, and the job that still runs is finished in the background", async () => {
      const gate = new Gate()
      script.steps = [() => gate.pass()]
      const { id } = await service().enqueue(Scripted, {})

      expect(await service().workScheduled({ queue: "default", budget: 50 })).toBe(1)
      expect((await service().retrieveJob(id)).state).toBe("running")
      gate.open()
      await service().__hooks.onApplicationShutdown()

      expect(await sql("select state from jobqueue_job")).toEqual([{ state: "completed" }])
    })
  })
})
