/** What the end of a performing means: one test for each way in which a job's code can end. */
import { Orders, performed, script, Scripted, TRIED_AGAIN } from "./jobs"
import { jobqueueModule } from "./runner"

const LIMIT = 2000

jobqueueModule({ maxPayloadBytes: LIMIT }, ({ service, work, sql }) => {
  beforeEach(() => {
    performed.length = 0
    script.steps = []
  })

  type Step = (typeof script.steps)[number]

  /** One attempt of a job that ends so. */
  async function end(step: Step, options = {}) {
    script.steps = [step]
    // Long enough that no upkeep makes it pending before it is looked at.
    const backoff = { type: "fixed", delay: "1h" } as const
    const { id } = await service().enqueue(Scripted, {}, { backoff, ...options })
    await work()
    return service().retrieveJob(id)
  }

  /** Everything that waits may run now. */
  const makeDue = () =>
    sql("update jobqueue_live set run_at = now() where state in ('scheduled', 'retrying')")

  describe("return", () => {
    it("of nothing completes the job", async () => {
      expect(await end(() => undefined)).toMatchObject({
        state: "completed",
        attempts: 1,
        result: null,
        reason: null,
      })
    })

    it.each([[{ sent: [1, "two", null] }], ["sent"], [0], [false], [null], [[]]])(
      "of %j completes the job and keeps it as the result",
      async (result) => {
        expect(await end(() => result)).toMatchObject({ state: "completed", result, failed_attempts: [] })
      }
    )

    it.each<[string, () => unknown]>([
      ["a date", () => new Date()],
      ["a function", () => () => 1],
      ["a bigint", () => ({ total: 10n })],
      ["a symbol", () => Symbol("x")],
      ["an instance of a class", () => new Map()],
      ["an object that holds itself", circular],
      ["a number that JSON does not know", () => ({ rate: NaN })],
      ["a text with characters that Postgres refuses", () => "a\u0000b"],
      ["a lone surrogate", () => ({ note: "\ud800" })],
      ["more than may be kept", () => "x".repeat(LIMIT)],
      ["an object that can't be read", unreadable],
      [
        "a proxy that throws",
        () => new Proxy({}, { has: refuse, get: refuse, ownKeys: refuse, getPrototypeOf: refuse }),
      ],
    ])("of %s completes the job without a result: its work is done", async (_, make) => {
      // In an object: what an async function returns is asked for a "then", which a proxy may refuse.
      expect(await end(() => ({ value: make() }))).toMatchObject({
        state: "completed",
        attempts: 1,
        result: null,
      })
      expect(performed).toHaveLength(1)
    })
  })

  it("what a job returned is kept as it was then, whatever becomes of the object", async () => {
    const result: { sent: number; self?: unknown } = { sent: 1 }
    const job = await end(() => {
      queueMicrotask(() => setImmediate(() => (result.self = result)))
      return result
    })

    expect(job).toMatchObject({ state: "completed", result: { sent: 1 } })
  })

  describe("throw", () => {
    it("counts as a failed attempt, and has the job tried again after its backoff", async () => {
      const job = await end(() => Promise.reject(new TypeError("no such order")), {
        backoff: { type: "fixed", delay: "10m" },
      })

      expect(job).toMatchObject({ state: "retrying", attempts: 1, reason: null })
      expect(job.run_at.getTime() - job.updated_at.getTime()).toBe(600_000)
      expect(job.failed_attempts).toEqual([
        expect.objectContaining({
          attempt: 1,
          outcome: "retrying",
          error_name: "TypeError",
          error_message: "no such order",
          error_stack: expect.stringContaining("outcomes.spec.ts"),
        }),
      ])
    })

    it("at the limit fails the job for good", async () => {
      expect(await end(() => Promise.reject(new Error("no")), { maxAttempts: 1 })).toMatchObject({
        state: "failed",
        attempts: 1,
        reason: "failed at attempt 1 of 1",
      })
    })

    it.each<[string, unknown, string, string]>([
      ["a text", "no such order", "string", "no such order"],
      ["a number", 404, "number", "404"],
      ["nothing", undefined, "undefined", "undefined"],
      ["null", null, "object", "null"],
      ["a plain object", { status: 422 }, "object", "{ status: 422 }"],
    ])("of %s is an error like any other", async (_, thrown, error_name, error_message) => {
      expect(await end(() => Promise.reject(thrown))).toMatchObject({
        state: "retrying",
        attempts: 1,
        failed_attempts: [expect.objectContaining({ error_name, error_message, error_stack: null })],
      })
    })

    it("before the first await is one too", async () => {
      const job = await end(() => {
        throw new Error("at once")
      })
      expect(job).toMatchObject({
        state: "retrying",
        failed_attempts: [expect.objectContaining({ error_message: "at once" })],
      })
    })

    it("of a database's error is one too, and the next attempt finds a working connection", async () => {
      script.steps = [() => sql("select * from jobqueue_nowhere"), () => sql("select 1 as one")]
      const { id } = await service().enqueue(Scripted, {})

      await work()
      expect(await service().retrieveJob(id)).toMatchObject({
        state: TRIED_AGAIN,
        attempts: 1,
        failed_attempts: [
          expect.objectContaining({ error_message: expect.stringContaining("jobqueue_nowhere") }),
        ],
      })
      await work()

      expect(await service().retrieveJob(id)).toMatchObject({ state: "completed", result: [{ one: 1 }] })
    })
  })

  describe("retry", () => {
    it("counts, and waits as long as the job says", async () => {
      const job = await end((self) => self.outcomes.retry({ in: "1h", reason: "busy" }))

      expect(job).toMatchObject({ state: "retrying", attempts: 1 })
      expect(job.run_at.getTime() - job.updated_at.getTime()).toBe(3_600_000)
      expect(job.failed_attempts).toEqual([
        expect.objectContaining({ error_name: "Retry", error_message: "busy", outcome: "retrying" }),
      ])
    })

    it("waits for the backoff when the job does not say how long, and needs no reason", async () => {
      const job = await end((self) => self.outcomes.retry(), { backoff: { type: "fixed", delay: "10m" } })

      expect(job.run_at.getTime() - job.updated_at.getTime()).toBe(600_000)
      expect(job.failed_attempts).toEqual([
        expect.objectContaining({ error_message: "the job asked for a retry" }),
      ])
    })

    it("at the limit fails the job, with its last reason", async () => {
      expect(
        await end((self) => self.outcomes.retry({ in: 0, reason: "busy" }), { maxAttempts: 1 })
      ).toMatchObject({
        state: "failed",
        attempts: 1,
        failed_attempts: [expect.objectContaining({ outcome: "failed", error_message: "busy" })],
      })
    })

    it("in a time that is none is the job's error", async () => {
      expect(await end((self) => self.outcomes.retry({ in: "5 minutes" as never }))).toMatchObject({
        state: "retrying",
        attempts: 1,
        failed_attempts: [
          expect.objectContaining({ error_message: expect.stringContaining("expected a duration") }),
        ],
      })
    })
  })

  describe("snooze", () => {
    it("does not count, and runs again after the time", async () => {
      const job = await end((self) => self.outcomes.snooze("1h"), { maxAttempts: 1 })

      expect(job).toMatchObject({ state: "scheduled", attempts: 0, failed_attempts: [] })
      expect(job.run_at.getTime() - job.updated_at.getTime()).toBe(3_600_000)
    })

    it("does not count, however often: a job of one attempt still has it after 50", async () => {
      script.steps = [...Array<Step>(50).fill((self) => self.outcomes.snooze("1h")), () => "sent"]
      const { id } = await service().enqueue(Scripted, {}, { maxAttempts: 1 })

      for (let times = 0; times <= 50; times++) {
        await work()
        await makeDue()
      }

      expect(await service().retrieveJob(id)).toMatchObject({
        state: "completed",
        attempts: 1,
        failed_attempts: [],
      })
      expect(performed.map(({ attempt }) => attempt)).toEqual(Array(51).fill(1))
    })

    it("leaves the attempts that count as they were", async () => {
      script.steps = [() => Promise.reject(new Error("no")), (self) => self.outcomes.snooze(0), () => "sent"]
      const { id } = await service().enqueue(Scripted, {}, { maxAttempts: 2 })

      await work()
      await work()
      expect(await service().retrieveJob(id)).toMatchObject({ state: "scheduled", attempts: 1 })
      await work()

      expect(await service().retrieveJob(id)).toMatchObject({ state: "completed", attempts: 2 })
    })
  })

  describe("hold", () => {
    it("sets the job aside with its reason until a person retries it", async () => {
      script.steps = [(self) => self.outcomes.hold("no shipping address"), () => "sent"]
      const { id } = await service().enqueue(Scripted, {})

      await work()
      await makeDue()
      await work()
      expect(await service().retrieveJob(id)).toMatchObject({
        state: "held",
        attempts: 1,
        reason: "no shipping address",
        failed_attempts: [expect.objectContaining({ outcome: "held" })],
      })
      await service().retryJob(id)
      await work()

      expect(await service().retrieveJob(id)).toMatchObject({ state: "completed", reason: null, attempts: 2 })
    })

    it("at the limit does not fail the job", async () => {
      expect(await end((self) => self.outcomes.hold("look"), { maxAttempts: 1 })).toMatchObject({
        state: "held",
      })
    })
  })

  it("fail ends the job for good, whatever attempts are left", async () => {
    const job = await end((self) => self.outcomes.fail("order was deleted"), { maxAttempts: 5 })

    expect(job).toMatchObject({
      state: "failed",
      attempts: 1,
      reason: "order was deleted",
      failed_attempts: [expect.objectContaining({ outcome: "failed", error_message: "order was deleted" })],
    })
    expect(job.finished_at).toBeInstanceOf(Date)
  })

  it("cancel ends the job as canceled", async () => {
    const job = await end((self) => self.outcomes.cancel("already sent"))

    expect(job).toMatchObject({ state: "canceled", attempts: 1, reason: "already sent" })
    expect(job.finished_at).toBeInstanceOf(Date)
  })

  it("a reason that Postgres refuses, or of any length, is kept as far as it can be", async () => {
    expect(await end((self) => self.outcomes.hold("a\u0000b".padEnd(100_000, "x")))).toMatchObject({
      state: "held",
      reason: "a\ufffdb".padEnd(2000, "x"),
    })
  })

  describe("a job that can't begin", () => {
    it("of an unknown identifier is left, uncounted, for a worker that knows it", async () => {
      const { id } = await service().enqueue("test.of-another-version", {}, { queue: "default" })

      await work()

      expect(await service().retrieveJob(id)).toMatchObject({
        state: "pending",
        attempts: 0,
        has_worker: false,
      })
    })

    it("with an invalid stored payload is held with the reason, uncounted, the payload unchanged", async () => {
      const { id } = await service().enqueue(Scripted, {})
      await sql(`update jobqueue_request set payload = '{"n":"many"}'`)

      await work()

      expect(await service().retrieveJob(id)).toMatchObject({
        state: "held",
        attempts: 0,
        payload: { n: "many" },
        reason: expect.stringContaining("payload.n: Invalid input: expected number, received string"),
      })
      expect(performed).toEqual([])
    })

    it("keeps no other job waiting", async () => {
      await service().enqueue(Orders, { order_id: "1" }, { queue: "default", priority: 10 })
      await sql(`update jobqueue_request set payload = '{}'`)
      const next = await service().enqueue(Scripted, {})

      await work()

      expect(await service().retrieveJob(next.id)).toMatchObject({ state: "completed" })
    })
  })
})

function circular(): object {
  const object: { self?: unknown } = {}
  object.self = object
  return object
}

function unreadable(): object {
  return Object.defineProperty({}, "total", { enumerable: true, get: refuse })
}

function refuse(): never {
  throw new Error("not for you")
}
