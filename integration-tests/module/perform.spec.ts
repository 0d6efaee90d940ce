/** Perform and settle: what a job's end means, through the service and against a real Postgres. */
import { JobAborted } from "../../src/modules/jobqueue/lifecycle/run"
import { performed, script, Scripted, TRIED_AGAIN } from "./jobs"
import { jobqueueModule } from "./runner"

jobqueueModule({}, ({ service, work, sql }) => {
  beforeEach(() => {
    performed.length = 0
    script.steps = []
  })

  describe("perform", () => {
    it("completes a job that returns, and keeps what it returned", async () => {
      script.steps = [() => ({ answer: 42 })]
      const { id } = await service().enqueue(Scripted, { n: 1 })

      await work()

      const job = await service().retrieveJob(id)
      expect(job).toMatchObject({
        state: "completed",
        attempts: 1,
        result: { answer: 42 },
        failed_attempts: [],
      })
      expect(job.finished_at).toBeInstanceOf(Date)
      expect(performed).toEqual([{ id, attempt: 1, payload: { n: 1 } }])
    })

    it("tells a job what was asked for, whatever its texts hold", async () => {
      let seen: unknown
      script.steps = [(_, { job }) => void (seen = job)]
      const asked = {
        name: 'Order \u001f{1}, "two"\n',
        tags: ["a,b", 'c"\u001fd'],
        resource: { type: "order", id: "or\u001fder" },
        context: { locale: 'a\u001fb\n{,}"' },
        timeout: "1h" as const,
      }
      await service().enqueue(Scripted, { n: 1 }, asked)

      await work()

      // A unit separator stands between the columns of a claimed job.
      expect(seen).toMatchObject({
        name: asked.name.replace("\u001f", " "),
        tags: ["a,b", 'c" d'],
        resource_type: "order",
        resource_id: "or der",
        context: asked.context,
        payload: { n: 1 },
        timeout: 3_600_000,
        run_at: expect.any(Date) as Date,
        backoff: { type: "fixed", delay: 0 },
      })
    })

    it("tries a job that throws again, and keeps each attempt's own error", async () => {
      script.steps = [() => Promise.reject(new Error("ERP is down")), () => fail("still down"), () => "sent"]
      const { id } = await service().enqueue(Scripted, {})

      await work()
      expect(await service().retrieveJob(id)).toMatchObject({ state: TRIED_AGAIN, attempts: 1 })
      await work()
      await work()

      const job = await service().retrieveJob(id)
      expect(job).toMatchObject({ state: "completed", attempts: 3, result: "sent" })
      expect(job.failed_attempts.map(({ attempt, error_message }) => [attempt, error_message])).toEqual([
        [2, "still down"],
        [1, "ERP is down"],
      ])
      expect(job.failed_attempts[1].error_stack).toContain("perform.spec.ts")
      expect(job.failed_attempts[1].worker).toMatch(/:\d+$/)
    })

    it("fails a job at its limit of attempts", async () => {
      script.steps = [() => fail("422: unknown SKU")]
      const { id } = await service().enqueue(Scripted, {}, { maxAttempts: 2 })

      await work()
      await work()
      await work()

      const job = await service().retrieveJob(id)
      expect(job).toMatchObject({ state: "failed", attempts: 2, reason: "failed at attempt 2 of 2" })
      expect(job.failed_attempts).toHaveLength(2)
      expect(performed).toHaveLength(2)
    })

    it.each([
      ["a text", "no such order", "string", "no such order"],
      ["nothing", undefined, "undefined", "undefined"],
      ["a circular object", circular(), "object", "<ref *1> { self: [Circular *1] }"],
      [
        "an error whose message can't be read",
        unreadable(),
        "Error",
        "(the error's message could not be read)",
      ],
      [
        "an error with characters that Postgres refuses",
        new Error("a\u0000b\ud800c"),
        "Error",
        "a\ufffdb\ufffdc",
      ],
    ])("stores it safely when a job throws %s", async (_, thrown, name, message) => {
      script.steps = [() => Promise.reject(thrown)]
      const { id } = await service().enqueue(Scripted, {}, { maxAttempts: 1 })

      await work()

      const { state, failed_attempts } = await service().retrieveJob(id)
      expect(state).toBe("failed")
      expect(failed_attempts).toEqual([expect.objectContaining({ error_name: name, error_message: message })])
    })

    it("completes a job whose result can't be stored, without the result", async () => {
      script.steps = [() => ({ at: new Date() })]
      const { id } = await service().enqueue(Scripted, {})

      await work()

      expect(await service().retrieveJob(id)).toMatchObject({ state: "completed", result: null })
    })

    it("deletes a completed job at once when it need not be kept", async () => {
      const { id } = await service().enqueue(Scripted, {}, { keep: false })

      await work()

      await expect(service().retrieveJob(id)).rejects.toMatchObject({ type: "not_found" })
      expect(await sql("select from jobqueue_request")).toEqual([])
    })
  })

  describe("timeout", () => {
    it("aborts the job's signal and counts as a failed attempt", async () => {
      let reason: unknown
      script.steps = [
        async (_, { signal }) => {
          await new Promise((resolve) => signal.addEventListener("abort", resolve))
          reason = signal.reason
          signal.throwIfAborted()
        },
      ]
      const { id } = await service().enqueue(Scripted, {}, { timeout: 20, maxAttempts: 1 })

      await work()

      expect(reason).toBeInstanceOf(JobAborted)
      expect(await service().retrieveJob(id)).toMatchObject({
        state: "failed",
        failed_attempts: [expect.objectContaining({ error_name: "Timeout" })],
      })
    })
  })
})

function fail(message: string): never {
  throw new Error(message)
}

function circular(): object {
  const object: { self?: unknown } = {}
  object.self = object
  return object
}

function unreadable(): Error {
  return Object.defineProperty(new Error(), "message", {
    get() {
      throw new Error("no message for you")
    },
  })
}
