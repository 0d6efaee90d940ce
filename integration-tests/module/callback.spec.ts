/** Waiting for a third party: how a job begins to wait, and all that may end it. */
import { createHash } from "node:crypto"
import { AbstractJob, type Callback, type JobContext, type JsonValue } from "../../src"
import { makeEngine } from "../../src/modules/jobqueue/composition/engine"
import { jobRegistry } from "../../src/modules/jobqueue/job/registry"
import { prune } from "../../src/modules/jobqueue/maintenance/prune"
import { drain, fakeClock } from "../../src/testing"
import { until } from "../until"
import { Gate } from "./jobs"
import { jobqueueModule } from "./runner"

const ERP = { type: "erp", id: "erp_1" }
const HOUR = { timeout: "1h" } as const

/** What the jobs do; each test says it. */
const plan: {
  perform: (job: ThirdParty, context: JobContext) => unknown
  onCallback: (job: ThirdParty, data: unknown, context: JobContext) => unknown
} = { perform: () => undefined, onCallback: () => undefined }

/** The addresses that the jobs asked for, in their order. */
const addresses: Callback[] = []

class ThirdParty extends AbstractJob<{ n?: number }> {
  static identifier = "test.third-party"
  static backoff = { type: "fixed", delay: 0 } as const
  static maxAttempts = 3

  async perform(context: JobContext) {
    return (await plan.perform(this, context)) as undefined
  }

  override async onCallback(data: { sent?: string }, context: JobContext) {
    return (await plan.onCallback(this, data, context)) as undefined
  }

  outcomes = {
    retry: this.retry.bind(this),
    snooze: this.snooze.bind(this),
    hold: this.hold.bind(this),
    fail: this.fail.bind(this),
    cancel: this.cancel.bind(this),
    waitForCallback: this.waitForCallback.bind(this),
  }
}

/** Has no `onCallback`. */
class Plain extends AbstractJob<object> {
  static identifier = "test.third-party-plain"

  async perform() {
    return this.waitForCallback(HOUR)
  }
}

/** Of a class that keeps nothing. */
class Unkept extends AbstractJob<object> {
  static identifier = "test.third-party-unkept"
  static keep = false

  async perform({ callback }: JobContext) {
    addresses.push(await callback())
    return this.waitForCallback(HOUR)
  }
}

jobqueueModule({ callbackUrl: "https://api.shop.example/base/" }, ({ service, work, sql }) => {
  const logged: string[] = []

  beforeEach(() => {
    jest.restoreAllMocks()
    logged.length = 0
    addresses.length = 0
    plan.perform = async (job, { callback }) => {
      addresses.push(await callback())
      return job.outcomes.waitForCallback(HOUR)
    }
    plan.onCallback = (_, data) => data
    for (const job of [ThirdParty, Plain, Unkept]) {
      jobRegistry().register(job, "the tests")
    }
    for (const level of ["debug", "info", "warn", "error"] as const) {
      jest.spyOn(engine().logger, level).mockImplementation((...told: unknown[]) => {
        logged.push(told.map((one) => (one instanceof Error ? one.stack : String(one))).join(" "))
      })
    }
  })

  const engine = () => (service() as unknown as { engine_: ReturnType<typeof makeEngine> }).engine_
  const job = (id: string) => service().retrieveJob(id)
  const live = (id: string) =>
    sql<{ state: string; claim: number }>("select state, claim from jobqueue_live where id = $1", [id])

  /** A job that waits, and the address at which its callback may come. */
  async function waitingJob(options: { maxAttempts?: number } = {}): Promise<{ id: string; token: string }> {
    const { id } = await service().enqueue(ThirdParty, {}, options)
    await work()
    return { id, token: addresses[addresses.length - 1].token }
  }

  /** As the route does it. */
  async function call(token: string, data: JsonValue = null): Promise<string> {
    const { hash, isOpen } = await service().findCallback(token)
    return isOpen ? service().receiveCallback(hash, data) : "ended"
  }

  /** Its deadline has come. */
  const letExpire = async (id: string) => {
    await sql("update jobqueue_live set run_at = now() - interval '1 second' where id = $1", [id])
    await engine().workerProcess.promoteDue()
  }

  describe("waitForCallback", () => {
    it("frees the worker, and shows until when the job waits", async () => {
      const { id } = await waitingJob()

      const waiting = await job(id)
      expect(waiting).toMatchObject({ state: "waiting", attempts: 1, failed_attempts: [] })
      const [{ hours }] = await sql<{ hours: number }>(
        "select round(extract(epoch from run_at - now()) / 3600, 2)::float8 as hours from jobqueue_live"
      )
      expect(hours).toBe(1)
      expect(waiting.waiting_until).toEqual(waiting.run_at)
      expect(await work()).toBe(0)
    })

    it.each([
      ["no timeout", {}],
      ["a timeout that is no duration", { timeout: "soon" }],
      ["an unknown onTimeout", { timeout: "1h", onTimeout: "ignore" }],
    ])("with %s is the job's error", async (_, details) => {
      plan.perform = (one) => one.outcomes.waitForCallback(details as never)
      const { id } = await service().enqueue(ThirdParty, {}, { maxAttempts: 1 })
      await work()

      expect(await job(id)).toMatchObject({ state: "failed" })
      expect((await job(id)).failed_attempts[0].error_message).toMatch(/expected (a duration|onTimeout)/)
    })

    it("gives way to a cancellation that was asked for while the job ran", async () => {
      plan.perform = async (one) => {
        await service().cancelJob(String(one.id))
        return one.outcomes.waitForCallback(HOUR)
      }
      const { id } = await service().enqueue(ThirdParty, {})
      await work()

      expect(await job(id)).toMatchObject({ state: "canceled" })
    })
  })

  describe("resolve", () => {
    it("completes a job without onCallback, with the data as its result", async () => {
      const { id } = await service().enqueue(Plain, {})
      await work()

      expect(await service().resolve(id, { sent: "yes" }, ERP)).toEqual({ id, state: "completed" })

      expect(await job(id)).toMatchObject({ state: "completed", attempts: 1, result: { sent: "yes" } })
      expect((await job(id)).actions).toEqual([
        expect.objectContaining({
          action: "resolve",
          from_state: "waiting",
          actor_type: "erp",
          actor_id: "erp_1",
        }),
      ])
    })

    it.each([
      ["nothing: completed", () => undefined, { state: "completed", result: null }],
      ["JSON: completed with it", () => ({ ok: true }), { state: "completed", result: { ok: true } }],
      ["fail", (one: ThirdParty) => one.outcomes.fail("refused"), { state: "failed", reason: "refused" }],
      ["hold", (one: ThirdParty) => one.outcomes.hold("look"), { state: "held", reason: "look" }],
      ["cancel", (one: ThirdParty) => one.outcomes.cancel("moot"), { state: "canceled", reason: "moot" }],
      ["retry", (one: ThirdParty) => one.outcomes.retry({ in: "1h" }), { state: "retrying", attempts: 1 }],
      ["snooze", (one: ThirdParty) => one.outcomes.snooze("1h"), { state: "scheduled", attempts: 0 }],
    ])("lets onCallback decide: %s", async (_, decide, becomes) => {
      plan.onCallback = (one) => decide(one)
      const { id } = await waitingJob()

      expect(await service().resolve(id, {})).toEqual({ id, state: becomes.state })
      expect(await job(id)).toMatchObject(becomes)
    })

    it("gives onCallback the job, its data and its context", async () => {
      let seen: unknown
      plan.onCallback = (one, data, { attempt, maxAttempts, job: row, context, signal }) => {
        seen = {
          id: one.id,
          n: one.payload.n,
          data,
          attempt,
          maxAttempts,
          state: row.state,
          context,
          signal: signal.aborted,
        }
      }
      const { id } = await service().enqueue(ThirdParty, { n: 7 }, { context: { locale: "de-DE" } })
      await work()
      await service().resolve(id, { sent: "yes" })

      expect(seen).toEqual({
        ...{ id, n: 7, data: { sent: "yes" }, attempt: 1, maxAttempts: 3, state: "waiting", signal: false },
        context: expect.objectContaining({ locale: "de-DE" }),
      })
    })

    it("fails a job that onCallback wants to be retried at its limit", async () => {
      plan.onCallback = (one) => one.outcomes.retry({ reason: "not yet" })
      const { id } = await waitingJob({ maxAttempts: 1 })

      expect(await service().resolve(id, {})).toEqual({ id, state: "failed" })
    })

    it("keeps waiting with a new deadline when onCallback says so, and the address goes on serving", async () => {
      plan.onCallback = (one, data) =>
        data === "done" ? "sent" : one.outcomes.waitForCallback({ timeout: "3h", onTimeout: "fail" })
      const { id, token } = await waitingJob()

      expect(await call(token, "still at it")).toBe("resolved")
      expect(await job(id)).toMatchObject({ state: "waiting", attempts: 1, actions: [] })
      const [{ hours }] = await sql<{ hours: number }>(
        "select round(extract(epoch from run_at - now()) / 3600, 2)::float8 as hours from jobqueue_live"
      )
      expect(hours).toBe(3)

      expect(await call(token, "done")).toBe("resolved")
      expect(await job(id)).toMatchObject({ state: "completed", result: "sent" })
    })

    it("leaves the job waiting when onCallback throws, says so to the caller and in the log, and works the second time", async () => {
      plan.onCallback = () => Promise.reject(new Error("ERP is down"))
      const { id } = await waitingJob()

      await expect(service().resolve(id, {})).rejects.toThrow("ERP is down")
      expect(await job(id)).toMatchObject({ state: "waiting", failed_attempts: [] })
      expect(logged.join("\n")).toContain(
        `test.third-party #${id} (queue default, attempt 1): its callback changed nothing`
      )

      plan.onCallback = () => "sent"
      expect(await service().resolve(id, {})).toEqual({ id, state: "completed" })
    })

    it("leaves the job waiting when onCallback returns an outcome that is wrong", async () => {
      plan.onCallback = (one) => one.outcomes.snooze("soon" as never)
      const { id } = await waitingJob()

      await expect(service().resolve(id, {})).rejects.toThrow("expected a duration")
      expect((await job(id)).state).toBe("waiting")
    })

    it.each(["transaction", "callback"] as const)(
      "has no context.%s in onCallback, and says so",
      async (verb) => {
        plan.onCallback = (_, __, context) => context[verb](async () => undefined)
        const { id } = await waitingJob()

        await expect(service().resolve(id, {})).rejects.toMatchObject({
          type: "not_allowed",
          message: expect.stringContaining(`called context.${verb}(), which only perform has`),
        })
      }
    )

    it("takes one resolver at a time, and is free again for the next", async () => {
      const gate = new Gate()
      plan.onCallback = () => gate.pass()
      const { id } = await waitingJob()
      const first = service().resolve(id, {})
      await gate.arrived

      await expect(service().resolve(id, {})).rejects.toMatchObject({
        type: "not_allowed",
        message: expect.stringContaining("is being resolved at this moment"),
      })
      await expect(service().reject(id, "no")).rejects.toThrow("is being resolved at this moment")
      gate.open()
      expect(await first).toEqual({ id, state: "completed" })
    })

    it("of many at once lets exactly one through", async () => {
      let asked = 0
      plan.onCallback = () => ++asked
      const { id } = await waitingJob()

      const answers = await Promise.allSettled(Array.from({ length: 16 }, () => service().resolve(id, {})))

      expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1)
      expect([asked, (await job(id)).result]).toEqual([1, 1])
    })

    it("is open to another process when the resolver's lease has lapsed, and the first one changes nothing then", async () => {
      const gate = new Gate()
      plan.onCallback = async () => {
        plan.onCallback = () => "second"
        await gate.pass()
        return "first"
      }
      const { id } = await waitingJob()
      const first = service().resolve(id, {})
      await gate.arrived
      await sql("update jobqueue_callback set resolving_until = now() - interval '1 second'")

      expect(await service().resolve(id, {})).toEqual({ id, state: "completed" })
      gate.open()
      await expect(first).rejects.toThrow(`job ${id} is completed by now`)
      expect((await job(id)).result).toBe("second")
    })

    it("of a job that does not wait is refused, and names the state", async () => {
      const { id } = await waitingJob()
      await service().resolve(id, {})

      await expect(service().resolve(id, {})).rejects.toMatchObject({
        type: "not_allowed",
        message: `jobqueue: job ${id} is completed, so it can't be resolved; only waiting jobs can.`,
      })
      const { id: pending } = await service().enqueue(ThirdParty, {})
      await expect(service().resolve(pending, {})).rejects.toThrow(`job ${pending} is pending`)
      await expect(service().resolve("999999", {})).rejects.toMatchObject({ type: "not_found" })
    })

    it("of a job that a person has retried, canceled or deleted meanwhile changes nothing and says so", async () => {
      for (const [verb, state] of [
        ["retryJob", "pending"],
        ["cancelJob", "canceled"],
        ["deleteJob", "gone"],
      ] as const) {
        const gate = new Gate()
        plan.onCallback = () => gate.pass()
        const { id, token } = await waitingJob()
        const resolving = service().resolve(id, {})
        await gate.arrived
        await service()[verb](id)
        gate.open()

        await expect(resolving).rejects.toThrow(`job ${id} is ${state} by now`)
        await (state === "gone"
          ? expect(call(token)).rejects.toMatchObject({ type: "not_found" })
          : expect(call(token)).resolves.toBe("ended"))
        await sql("delete from jobqueue_live")
      }
    })

    it("in a process that does not know the class is refused clearly, and the job waits on", async () => {
      const { id } = await waitingJob()
      jest.spyOn(jobRegistry(), "get").mockReturnValue(undefined)

      await expect(service().resolve(id, {})).rejects.toMatchObject({
        type: "not_allowed",
        message: expect.stringContaining('no longer knows a job class "test.third-party". It still waits.'),
      })
      jest.restoreAllMocks()
      expect(await service().resolve(id, {})).toEqual({ id, state: "completed" })
    })

    it("refuses data that is no JSON or too large", async () => {
      const { id } = await waitingJob()

      for (const [data, problem] of [
        [{ at: new Date() }, "data.at is an instance of Date"],
        [{ text: "a\u0000" }, "data.text has a U+0000"],
        ["x".repeat(70_000), "more than 65536 bytes"],
      ] as const) {
        await expect(service().resolve(id, data as never)).rejects.toMatchObject({
          type: "invalid_data",
          message: expect.stringContaining(problem),
        })
      }
      expect((await job(id)).state).toBe("waiting")
    })

    it("works when the process that performed the job is gone", async () => {
      const { id, token } = await waitingJob()
      await service().__hooks.onApplicationPrepareShutdown()
      await service().__hooks.onApplicationShutdown()
      const { connection } = engine().database
      const application = { client: { config: { connection, searchPath: connection.searchPath } } }
      const restarted = makeEngine({ worker: false }, application as never, engine().logger)

      const hash = createHash("sha256").update(token).digest()
      expect(await restarted.callbacks.receive(hash, "sent")).toBe("resolved")
      expect(await sql("select state, result from jobqueue_outcome where id = $1", [id])).toEqual([
        { state: "completed", result: "sent" },
      ])
      await Promise.all([restarted.database.close(), restarted.reads.close()])
    })

    it("has what onCallback enqueues inherit from the job", async () => {
      plan.onCallback = async () => {
        const child = await service().enqueue(Plain, {}, { delay: "1h" })
        return child.context.parent_job_id ?? null
      }
      const { id } = await waitingJob()
      await service().resolve(id, {})

      expect((await job(id)).result).toBe(id)
    })
  })

  describe("reject", () => {
    it("is a failed attempt: the job is tried again until its limit", async () => {
      const { id } = await waitingJob({ maxAttempts: 2 })

      expect(await service().reject(id, "out of stock", ERP)).toEqual({ id, state: "retrying" })
      await work()
      expect(await job(id)).toMatchObject({ state: "waiting", attempts: 2 })
      expect(await service().reject(id, { reason: "still out of stock" })).toEqual({ id, state: "failed" })

      const { failed_attempts, actions } = await job(id)
      expect(failed_attempts.map(({ error_name, error_message }) => [error_name, error_message])).toEqual([
        ["Rejected", "still out of stock"],
        ["Rejected", "out of stock"],
      ])
      expect(actions.map(({ action, actor_id }) => [action, actor_id])).toEqual([
        ["reject", null],
        ["reject", "erp_1"],
      ])
    })

    it("with `retry: false` fails the job whatever attempts are left", async () => {
      const { id } = await waitingJob()

      expect(await service().reject(id, { reason: "never", retry: false })).toEqual({ id, state: "failed" })
      expect(await job(id)).toMatchObject({ state: "failed", reason: "never", attempts: 1 })
    })

    it("needs a reason", async () => {
      const { id } = await waitingJob()

      await expect(service().reject(id, {} as never)).rejects.toMatchObject({ type: "invalid_data" })
      await expect(service().reject(id, { reason: "x", retry: "no" } as never)).rejects.toMatchObject({
        type: "invalid_data",
      })
      expect((await job(id)).state).toBe("waiting")
    })
  })

  describe("expiry", () => {
    it("counts as a failed attempt, and the job is tried again", async () => {
      const { id } = await waitingJob()
      await letExpire(id)

      const retrying = await job(id)
      expect(retrying).toMatchObject({ state: "retrying", attempts: 1, waiting_until: null })
      expect(retrying.failed_attempts).toEqual([
        expect.objectContaining({ attempt: 1, outcome: "retrying", error_name: "CallbackTimeout" }),
      ])
      await expect(service().resolve(id, {})).rejects.toThrow(`job ${id} is retrying`)
      await work()
      expect(await job(id)).toMatchObject({ state: "waiting", attempts: 2 })
    })

    it("comes in a test when the clock is moved", async () => {
      const clock = fakeClock(service())
      const { id } = await waitingJob({ maxAttempts: 1 })
      await clock.advance("59m")
      await drain(service())
      expect((await job(id)).state).toBe("waiting")

      await clock.advance("2m")
      await drain(service())
      expect((await job(id)).state).toBe("failed")
    })

    it("at the limit fails the job", async () => {
      const { id, token } = await waitingJob({ maxAttempts: 1 })
      await letExpire(id)

      expect(await job(id)).toMatchObject({ state: "failed", reason: "failed at attempt 1 of 1" })
      expect(await call(token)).toBe("ended")
    })

    it("with `onTimeout: fail` fails it at once", async () => {
      plan.perform = (one) => one.outcomes.waitForCallback({ timeout: "1h", onTimeout: "fail" })
      const { id } = await service().enqueue(ThirdParty, {})
      await work()
      await letExpire(id)

      expect(await job(id)).toMatchObject({
        ...{ state: "failed", attempts: 1, reason: "no callback came within the time that the job gave it" },
        failed_attempts: [expect.objectContaining({ error_name: "CallbackTimeout", outcome: "failed" })],
      })
      expect(logged.join("\n")).toContain(
        `test.third-party #${id} (queue default, attempt 1): failed for good`
      )
    })

    it("is never before the deadline, and leaves a job alone that is being resolved", async () => {
      const gate = new Gate()
      plan.onCallback = () => gate.pass()
      const { id } = await waitingJob()
      await engine().workerProcess.promoteDue()
      expect((await job(id)).state).toBe("waiting")

      const resolving = service().resolve(id, {})
      await gate.arrived
      await letExpire(id)
      expect((await job(id)).state).toBe("waiting")
      gate.open()
      expect(await resolving).toEqual({ id, state: "completed" })
    })

    it("of many jobs is done by many processes, each job once", async () => {
      await service().enqueueMany(
        Plain,
        Array.from({ length: 1200 }, () => ({ payload: {} }))
      )
      await work()
      await work() // a thousand at a time
      await sql("update jobqueue_live set run_at = now() - interval '1 second'")

      await Promise.all(Array.from({ length: 4 }, () => engine().workerProcess.promoteDue()))

      expect(await sql("select state, count(*) from jobqueue_live group by 1")).toEqual([
        { state: "retrying", count: 1200 },
      ])
      expect(await sql("select count(*), count(distinct job_id) as jobs from jobqueue_attempt")).toEqual([
        { count: 1200, jobs: 1200 },
      ])
    })
  })

  describe("a callback address", () => {
    it("has a token of 256 random bits, of which only the hash is stored, and nothing is logged", async () => {
      const { token } = await waitingJob()
      await waitingJob()

      const [first, second] = addresses
      expect(first).toEqual({
        token: expect.stringMatching(/^[\w-]{43}$/),
        path: `/hooks/jobqueue/${token}`,
        url: `https://api.shop.example/base/hooks/jobqueue/${token}`,
      })
      expect(second.token).not.toBe(token)
      plan.onCallback = () => Promise.reject(new Error("no"))
      await call(token, {})
      const tables = await sql<{ name: string }>(
        "select table_name as name from information_schema.tables where table_name like 'jobqueue%'"
      )
      const stored = await Promise.all(
        tables.map(({ name }) => sql<{ row: string }>(`select t::text as row from ${name} t`))
      )
      const all = [...stored.flat().map(({ row }) => row), ...logged].join("\n")
      expect(all).toContain(createHash("sha256").update(token).digest("hex"))
      expect(all).not.toContain(token)
      expect(all).not.toContain(Buffer.from(token, "base64url").toString("hex"))
    })

    it("is the same for all who ask in one attempt", async () => {
      plan.perform = async (one, { callback }) => {
        addresses.push(...(await Promise.all([callback(), callback()])), await callback())
        return one.outcomes.waitForCallback(HOUR)
      }
      await waitingJob()

      expect(new Set(addresses.map(({ token }) => token)).size).toBe(1)
    })

    it("resolves its job once; a second use hears that it was used", async () => {
      const { id, token } = await waitingJob()

      expect(await call(token, { sent: "yes" })).toBe("resolved")
      expect(await job(id)).toMatchObject({ state: "completed", result: { sent: "yes" } })
      expect((await job(id)).actions).toEqual([
        expect.objectContaining({
          action: "resolve",
          actor_type: "callback",
          actor_id: expect.stringMatching(/^[\da-f]{8}$/),
        }),
      ])
      expect(await call(token, { sent: "again" })).toBe("ended")
      expect((await job(id)).result).toEqual({ sent: "yes" })
    })

    it("that nobody gave away is unknown, whatever it looks like", async () => {
      for (const token of ["A".repeat(43), "", "x", "'; drop table jobqueue_callback; --", "€".repeat(43)]) {
        await expect(call(token)).rejects.toMatchObject({
          type: "not_found",
          message: "jobqueue: there is no such callback address.",
        })
      }
    })

    it("serves again after onCallback threw, and tells which callback was in the way", async () => {
      const gate = new Gate()
      plan.onCallback = async () => {
        await gate.pass()
        throw new Error("ERP is down")
      }
      const { id, token } = await waitingJob()
      const first = call(token)
      await gate.arrived

      expect(await call(token)).toBe("busy")
      gate.open()
      expect(await first).toBe("failed")
      plan.onCallback = () => "sent"
      expect(await call(token)).toBe("resolved")
      expect(await job(id)).toMatchObject({ state: "completed", result: "sent" })
    })

    it("of the attempt before ends with the next attempt", async () => {
      const { id, token } = await waitingJob()
      await service().retryJob(id)
      expect(await call(token)).toBe("ended")
      await work()

      expect(addresses).toHaveLength(2)
      expect(await call(token)).toBe("ended")
      expect(await call(addresses[1].token)).toBe("resolved")
    })

    it("keeps a callback that comes before perform returns, and hands it over once the job waits", async () => {
      const early: string[] = []
      plan.perform = async (one, { callback }) => {
        const { token } = await callback()
        early.push(await call(token, { sent: "early" }), await call(token, { sent: "twice" }))
        return one.outcomes.waitForCallback(HOUR)
      }
      const { id } = await service().enqueue(ThirdParty, {})
      await work()
      await engine().callbacks.handOverKept()

      expect(early).toEqual(["kept", "ended"])
      expect(await job(id)).toMatchObject({ state: "completed", result: { sent: "early" }, attempts: 1 })
      expect(await sql("select data, due_at from jobqueue_callback")).toEqual([{ data: null, due_at: null }])
    })

    it("hands over what it kept by itself, and again later when onCallback threw", async () => {
      plan.perform = async (one, { callback }) => {
        await call((await callback()).token, "early")
        return one.outcomes.waitForCallback(HOUR)
      }
      const threw = new Gate()
      plan.onCallback = () => {
        void threw.pass()
        throw new Error("ERP is down")
      }
      const { id } = await service().enqueue(ThirdParty, {})
      await work() // its upkeep looks each second
      await threw.arrived
      await until(
        "the job is free again",
        async () =>
          (
            await sql(
              "select from jobqueue_callback where resolver is null and due_at > now() + interval '25 s'"
            )
          ).length > 0
      )
      expect((await job(id)).state).toBe("waiting")
      expect(logged.join("\n")).toContain("ERP is down")

      plan.onCallback = (_, data) => data
      await sql("update jobqueue_callback set due_at = now()")
      await until("the job is completed", async () => (await job(id)).state === "completed")
      expect((await job(id)).result).toBe("early")
    })

    it("drops what it kept when the attempt came to something else", async () => {
      plan.perform = async (_, { callback }) => {
        await call((await callback()).token, "early")
        throw new Error("not yet")
      }
      const { id } = await service().enqueue(ThirdParty, {}, { backoff: { type: "fixed", delay: "1h" } })
      await work()
      await engine().callbacks.handOverKept()

      expect((await job(id)).state).toBe("retrying")
      expect(await sql("select data, due_at from jobqueue_callback")).toEqual([{ data: null, due_at: null }])
    })

    it("is refused to a run that has lost its job", async () => {
      let error: unknown
      plan.perform = async (_, { callback }) => {
        await sql("update jobqueue_live set claim = claim + 1")
        error = await callback().catch((thrown: unknown) => thrown)
      }
      await service().enqueue(ThirdParty, {})
      await work()

      expect(error).toMatchObject({ name: "JobAborted" })
      expect(await sql("select from jobqueue_callback")).toEqual([])
    })

    it("of a class that keeps nothing answers a second use all the same", async () => {
      await service().enqueue(Unkept, {})
      await work()
      const [{ token }] = addresses

      expect(await call(token, {})).toBe("resolved")
      expect(await sql("select from jobqueue_request")).toEqual([])
      expect(await call(token, {})).toBe("ended")
    })

    it("goes when its job is deleted or pruned, and later when nothing of the job was kept", async () => {
      const { id: deleted } = await waitingJob()
      await service().deleteJob(deleted)
      expect(await sql("select from jobqueue_callback")).toEqual([])

      const { id } = await waitingJob()
      await service().resolve(id, {})
      await service().enqueue(Unkept, {})
      await work()
      await call(addresses[addresses.length - 1].token)
      await sql("update jobqueue_outcome set finished_at = now() - interval '8 days'")
      await sql("update jobqueue_callback set created_at = now() - interval '91 days' where job_id <> $1", [
        id,
      ])
      const { database, options, logger } = engine()
      await prune(database, options.retention, logger)
      expect(await sql("select from jobqueue_callback")).toEqual([])
    })
  })

  it("a waiting job is retried, canceled and deleted by a person like others", async () => {
    const [retried, canceled] = [await waitingJob(), await waitingJob()]

    expect(await service().retryJob(retried.id, ERP)).toMatchObject({ state: "pending" })
    expect(await service().cancelJob(canceled.id, ERP)).toMatchObject({ state: "canceled" })
    expect([await call(retried.token), await call(canceled.token)]).toEqual(["ended", "ended"])
    expect(await live(canceled.id)).toEqual([])
  })
})
