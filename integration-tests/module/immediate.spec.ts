/** Perform now, in this process: what is written of it, which is nothing as long as all goes well. */
import { JOBQUEUE, AbstractJob, type JobContext } from "../../src"
import { ImmediateBackend } from "../../src/modules/jobqueue/lifecycle/without-row"
import { Database } from "../../src/modules/jobqueue/table/database"
import { hasCommitted, transactionId } from "../../src/modules/jobqueue/table/performed"
import { Gate, Orders, performed, script, Scripted } from "./jobs"
import { jobqueueModule } from "./runner"

class Unregistered extends AbstractJob<{ n: number }> {
  static identifier = "test.unregistered"
  perform({ attempt, job }: JobContext) {
    return { n: this.payload.n, attempt, id: job.id }
  }
}

jobqueueModule({ queues: { repairs: {} }, shutdownGrace: "50ms" }, ({ service, work, sql, database }) => {
  beforeEach(() => {
    performed.length = 0
    script.steps = []
  })
  afterEach(() => jest.restoreAllMocks())

  const container = { resolve: (key: string) => (key === JOBQUEUE ? service() : undefined) } as never
  const rows = () =>
    sql(
      `select from jobqueue_request union all select from jobqueue_live union all select from jobqueue_outcome
       union all select from jobqueue_attempt`
    )

  describe("performImmediate", () => {
    it("performs the job now and leaves no row of it", async () => {
      script.steps = [() => ({ sent: true })]
      const job = new Scripted({ n: 1 }).setName("Order 1")

      const answer = await job.performImmediate(container, { tags: ["now"], priority: 10 })

      expect(answer).toMatchObject({
        id: null,
        state: "completed",
        name: "Order 1",
        result: { sent: true },
        attempts: 1,
        tags: ["now"],
        priority: 10,
        payload: { n: 1 },
        error: null,
      })
      expect(answer.finished_at).toBeInstanceOf(Date)
      expect(job.id).toBeUndefined()
      expect(performed).toEqual([{ id: expect.stringMatching(/^\d+$/), attempt: 1, payload: { n: 1 } }])
      expect(await rows()).toEqual([])
    })

    it("queues it with all that it is about", async () => {
      script.steps = [() => Promise.reject(new Error("ERP is down"))]
      const resource = [
        { type: "order", id: "order_1" },
        { type: "cart", id: "cart_1" },
      ]

      const { id } = await new Scripted({}).setResource(resource).performImmediate(container)

      expect(await service().retrieveJob(String(id))).toMatchObject({ resources: resource })
      const found = await service().listJobs({ resource_type: "cart", resource_id: "cart_1" }, { limit: 10 })
      expect(found.jobs.map((job) => job.id)).toEqual([id])
    })

    it("queues a job that throws for its next attempt, with the first one's error, and returns it", async () => {
      script.steps = [() => Promise.reject(new Error("ERP is down")), () => "sent"]
      const job = new Scripted({ n: 1 })

      const answer = await job.performImmediate(container, {
        retryQueue: "repairs",
        backoff: { type: "fixed", delay: "1h" },
      })

      expect(answer).toMatchObject({
        id: job.id,
        state: "retrying",
        queue: "repairs",
        attempts: 1,
        error: { name: "Error", message: "ERP is down", stack: expect.stringContaining("immediate.spec.ts") },
      })
      const stored = await service().retrieveJob(String(answer.id))
      expect(stored).toMatchObject({ state: "retrying", queue: "repairs", attempts: 1, max_attempts: 10 })
      expect(stored.run_at.getTime() - stored.updated_at.getTime()).toBe(3_600_000)
      expect(stored.run_at).toEqual(answer.run_at)
      expect(stored.started_at).toEqual(answer.started_at)
      expect(stored.failed_attempts).toEqual([
        expect.objectContaining({
          attempt: 1,
          outcome: "retrying",
          error_message: "ERP is down",
          error_stack: expect.stringContaining("immediate.spec.ts"),
          worker: expect.stringMatching(/:\d+$/),
        }),
      ])

      await sql("update jobqueue_live set run_at = now()")
      await work("repairs")

      expect(await service().retrieveJob(String(answer.id))).toMatchObject({
        state: "completed",
        attempts: 2,
        result: "sent",
      })
      // An idempotency key, from the first attempt on.
      expect(performed.map(({ id }) => id)).toEqual([answer.id, answer.id])
    })

    it("tries it again in the job's own queue when no other is named", async () => {
      script.steps = [() => Promise.reject(new Error("no"))]

      await expect(service().performImmediate("test.scripted", {})).resolves.toMatchObject({
        queue: "default",
      })
    })

    it("writes a job that has no attempt left as failed", async () => {
      script.steps = [() => Promise.reject(new Error("no"))]

      const { id, state } = await new Scripted({}).performImmediate(container, { maxAttempts: 1 })

      expect(state).toBe("failed")
      expect(await service().retrieveJob(String(id))).toMatchObject({
        state: "failed",
        attempts: 1,
        reason: "failed at attempt 1 of 1",
        failed_attempts: [expect.objectContaining({ error_message: "no" })],
      })
    })

    it.each([
      [
        "retry",
        (job: Scripted) => job.outcomes.retry({ in: "1h", reason: "busy" }),
        { state: "retrying", attempts: 1 },
      ],
      ["snooze", (job: Scripted) => job.outcomes.snooze("1h"), { state: "scheduled", attempts: 0 }],
      [
        "hold",
        (job: Scripted) => job.outcomes.hold("no address"),
        { state: "held", attempts: 1, reason: "no address" },
      ],
      [
        "fail",
        (job: Scripted) => job.outcomes.fail("gone"),
        { state: "failed", attempts: 1, reason: "gone" },
      ],
    ])("queues it as its outcome says: %s", async (_, step, expected) => {
      script.steps = [step]

      const answer = await new Scripted({}).performImmediate(container)

      expect(answer).toMatchObject(expected)
      expect(await service().retrieveJob(String(answer.id))).toMatchObject(expected)
      expect(await service().countJobs()).toMatchObject({ [expected.state]: { count: 1 } })
    })

    it("leaves nothing of a job that cancels itself: it is no longer wanted", async () => {
      script.steps = [(job) => job.outcomes.cancel("already sent")]

      const answer = await new Scripted({}).performImmediate(container)

      expect(answer).toMatchObject({ id: null, state: "canceled", reason: "already sent" })
      expect(await rows()).toEqual([])
    })

    it("performs nothing when the payload or an option is not valid", async () => {
      const wrong = new Scripted({ n: "one" } as never)
      await expect(wrong.performImmediate(container)).rejects.toMatchObject({ type: "invalid_data" })
      await expect(new Scripted({}).performImmediate(container, { retryQueue: "repair" })).rejects.toThrow(
        'unknown queue "repair" (did you mean "repairs"?)'
      )
      await expect(new Scripted({}).performImmediate(container, { delay: "1h" } as never)).rejects.toThrow(
        "delay: can't be said of a job that is performed now"
      )
      await expect(service().performImmediate("test.scriptd", {})).rejects.toThrow(
        /did you mean "test.scripted"/
      )

      expect(performed).toEqual([])
      expect(await rows()).toEqual([])
    })

    it("performs a class that is registered nowhere", async () => {
      await expect(new Unregistered({ n: 3 }).performImmediate(container)).resolves.toMatchObject({
        state: "completed",
        result: { n: 3, attempt: 1, id: expect.stringMatching(/^\d+$/) },
      })
    })

    it("gives it the store and the context that an enqueue would, also those of the job that calls it", async () => {
      const seen: unknown[] = []
      script.steps = [
        async (_, { job, store, context }) => {
          seen.push([job.store_id, store, context.locale])
          await new Scripted({ n: 2 }).performImmediate(container)
        },
        (_, { job, context }) => seen.push([job.store_id, context.locale, context.parent_job_id]),
      ]
      const { id } = await service().enqueue(
        Scripted,
        { n: 1 },
        { store: "store_1", context: { locale: "de-DE" } }
      )

      await work()

      expect(seen).toEqual([
        ["store_1", null, "de-DE"],
        ["store_1", "de-DE", id],
      ])
    })

    it("ends an attempt at its timeout, and queues it", async () => {
      script.steps = [
        (_, { signal }) =>
          new Promise((_resolve, reject) =>
            signal.addEventListener("abort", () => reject(signal.reason as Error))
          ),
      ]

      await expect(new Scripted({}).performImmediate(container, { timeout: 20 })).resolves.toMatchObject({
        state: "retrying",
        error: { name: "Timeout" },
      })
    })

    it("commits its own transaction, which completes it", async () => {
      await sql("create table ledger (amount int)")
      script.steps = [
        (_, { transaction }) =>
          transaction(async (trx) => {
            await trx.raw("insert into ledger values (1)")
            return { booked: 1 }
          }),
        async (_, { transaction }) => {
          await transaction(async (trx) => {
            await trx.raw("insert into ledger values (2)")
            throw new Error("does not add up")
          })
        },
      ]

      await expect(new Scripted({}).performImmediate(container)).resolves.toMatchObject({
        id: null,
        state: "completed",
        result: { booked: 1 },
      })
      await expect(new Scripted({}).performImmediate(container)).resolves.toMatchObject({
        state: "retrying",
        error: { message: "does not add up" },
      })
      expect(await sql("select amount from ledger")).toEqual([{ amount: 1 }])
    })

    it("knows what became of its own transaction when the answer of the commit is lost", async () => {
      const [other, committed, rolledBack] = [
        database(),
        ...[1, 2].map(() => new ImmediateBackend(database())),
      ]
      let asked!: Promise<boolean>
      await other.transaction(async (trx) => {
        await committed.completeIn(trx)
        asked = committed.wasCompleted() // waits until the transaction has ended
        await expect(hasCommitted(database(), await transactionId(trx))).resolves.toBeUndefined()
      })
      const failing = other.transaction(async (trx) => {
        await rolledBack.completeIn(trx)
        throw new Error("cut")
      })
      await expect(failing).rejects.toThrow("cut")

      await expect(asked).resolves.toBe(true)
      await expect(rolledBack.wasCompleted()).resolves.toBe(false)
    })

    it("sends what it must queue again when the database blinks, and queues it once", async () => {
      const write = Database.prototype.transaction
      let isWritten = 0
      jest.spyOn(Database.prototype, "transaction").mockImplementation(async function (this: Database, task) {
        const answer = await write.call(this, task as never)
        if (++isWritten === 1) {
          throw Object.assign(new Error("Connection terminated"), { code: "08006" }) // after the commit
        }
        return answer
      })
      script.steps = [() => Promise.reject(new Error("no"))]

      await expect(new Scripted({}).performImmediate(container)).resolves.toMatchObject({
        state: "retrying",
        attempts: 1,
      })

      expect(isWritten).toBe(2)
      expect(await sql("select state, attempts from jobqueue_job")).toEqual([
        { state: "retrying", attempts: 1 },
      ])
      expect(await sql("select from jobqueue_attempt")).toHaveLength(1)
    })

    it("says both when it failed and could not be queued: the job's own error is the cause", async () => {
      jest.spyOn(Database.prototype, "transaction").mockRejectedValue(new Error("no database"))
      const thrown = new Error("ERP is down")
      script.steps = [() => Promise.reject(thrown)]

      await expect(new Scripted({}).performImmediate(container)).rejects.toMatchObject({
        message: expect.stringMatching(/ERP is down.*no database/s),
        cause: thrown,
      })
    })

    it("is queued uncounted when the process shuts down meanwhile", async () => {
      const gate = new Gate()
      script.steps = [
        (_, { signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener("abort", () => reject(signal.reason as Error))
            void gate.pass()
          }),
      ]
      const answer = new Scripted({}).performImmediate(container)
      await gate.arrived

      await service().__hooks.onApplicationShutdown()

      expect(await answer).toMatchObject({ state: "pending", attempts: 0 })
      expect(await sql("select state, attempts from jobqueue_job")).toEqual([
        { state: "pending", attempts: 0 },
      ])
      await expect(new Scripted({}).performImmediate(container)).rejects.toThrow("shutting down")
    })
  })

  describe("performNow", () => {
    it("performs the job now and returns it", async () => {
      await expect(new Orders({ order_id: "1" }).performNow(container)).resolves.toMatchObject({
        id: null,
        state: "completed",
        result: { sent: "1" },
      })
      expect(await rows()).toEqual([])
    })

    it("throws the job's own error and queues nothing", async () => {
      const thrown = new Error("ERP is down")
      script.steps = [() => Promise.reject(thrown)]

      await expect(new Scripted({}).performNow(container)).rejects.toBe(thrown)
      expect(await rows()).toEqual([])
    })

    it("throws an error that names any other outcome", async () => {
      script.steps = [(job) => job.outcomes.hold("no address")]
      await expect(new Scripted({}).performNow(container)).rejects.toThrow(
        /its outcome is "held" \(no address\)/
      )

      script.steps = [(job) => job.outcomes.retry({ reason: "busy" })]
      await expect(service().performNow(Scripted, {})).rejects.toThrow(/its outcome is "retrying" \(busy\)/)

      expect(await rows()).toEqual([])
    })
  })
})
