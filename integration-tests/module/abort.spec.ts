/** Timeout and cancellation of running jobs: their signal, their place, and what their code can still do afterwards. */
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { JobContext } from "../../src"
import { ABORT_GRACE_MILLISECONDS, JobAborted } from "../../src/modules/jobqueue/lifecycle/run"
import { repairJob } from "../../src/modules/jobqueue/table/repair"
import { Gate, performed, script, Scripted, TRIED_AGAIN } from "./jobs"
import { jobqueueModule } from "./runner"

/** As in front of a transaction pooler: nothing is told, everything is found by polling. */
const OPTIONS = { pooler: true, queues: { default: { concurrency: 1, prefetch: 0 } } }

jobqueueModule(OPTIONS, ({ service, work, sql, database }) => {
  beforeEach(() => {
    performed.length = 0
    script.steps = []
  })
  afterEach(() => jest.restoreAllMocks())

  const aborted = (signal: AbortSignal) =>
    new Promise<number>((resolve) => signal.addEventListener("abort", () => resolve(performance.now())))

  /** The grace of an aborted job is over at once. */
  function withoutGrace(): void {
    const wait = setTimeout
    jest
      .spyOn(globalThis, "setTimeout")
      .mockImplementation((act: () => void, ms?: number) =>
        wait(act, ms === ABORT_GRACE_MILLISECONDS ? 0 : ms)
      )
  }

  describe("timeout", () => {
    it("takes the place of a job that ignores its signal, and the worker goes on with the next", async () => {
      withoutGrace()
      const gate = new Gate()
      let context!: JobContext
      let late!: Promise<unknown>
      script.steps = [
        async (_, given) => {
          context = given
          await gate.pass()
          late = given.transaction((trx) => trx.raw("insert into ledger values (1)") as Promise<void>)
          await late.catch(() => undefined)
          return "too late"
        },
        () => "next",
      ]
      await sql("create table ledger (amount int)")
      const { id } = await service().enqueue(Scripted, {}, { timeout: 20, maxAttempts: 1 })
      const next = await service().enqueue(Scripted, {})

      await work()

      expect(context.signal.reason).toBeInstanceOf(JobAborted)
      const job = await service().retrieveJob(id)
      expect(job).toMatchObject({
        state: "failed",
        attempts: 1,
        failed_attempts: [
          expect.objectContaining({
            error_name: "Timeout",
            error_message: expect.stringContaining("took longer than its timeout of 20 ms"),
          }),
        ],
      })
      expect(await service().retrieveJob(next.id)).toMatchObject({ state: "completed", result: "next" })

      gate.open()
      await gate.pass()
      await expect(late).rejects.toBeInstanceOf(JobAborted)
      expect(await sql("select from ledger")).toEqual([])
      expect(await service().retrieveJob(id)).toEqual(job)
    })

    it("does not undo what a job returns within the grace: its work is done", async () => {
      script.steps = [
        async (_, { signal }) => {
          await aborted(signal)
          return "done after all"
        },
      ]
      const { id } = await service().enqueue(Scripted, {}, { timeout: 20 })

      await work()

      expect(await service().retrieveJob(id)).toMatchObject({ state: "completed", result: "done after all" })
    })

    it("has a job that is tried again run beside nobody: the next attempt comes only after the place was taken", async () => {
      withoutGrace()
      const gate = new Gate()
      script.steps = [() => gate.pass(), () => "second"]
      const { id } = await service().enqueue(Scripted, {}, { timeout: 20 })

      await work()
      expect(await service().retrieveJob(id)).toMatchObject({ state: TRIED_AGAIN, attempts: 1 })
      await work()
      gate.open()

      expect(await service().retrieveJob(id)).toMatchObject({
        state: "completed",
        attempts: 2,
        result: "second",
      })
    })
  })

  describe("cancel of a running job by another process", () => {
    /** A process of its own, as far as the table can tell. */
    const cancel = (id: string) =>
      repairJob(
        database(),
        { action: "cancel", actor: { type: "user", id: "user_anna" }, reason: null, batch: null },
        Number(id)
      )

    /** Performs a job that is canceled while it runs, and then does what it does. */
    async function canceled(next: (job: Scripted, context: JobContext) => unknown, options = {}) {
      const gate = new Gate()
      script.steps = [
        async (job, context) => {
          await gate.pass()
          return next(job, context)
        },
      ]
      const { id } = await service().enqueue(Scripted, {}, options)
      const working = work()
      await gate.arrived
      await cancel(id)
      gate.open()
      await working
      return service().retrieveJob(id)
    }

    it("reaches its signal within two seconds, on polling alone", async () => {
      const gate = new Gate()
      let atSignal!: Promise<number>
      script.steps = [
        async (_, { signal }) => {
          atSignal = aborted(signal)
          void gate.pass()
          await atSignal
          signal.throwIfAborted()
        },
      ]
      const { id } = await service().enqueue(Scripted, {})
      const working = work()
      await gate.arrived
      const asked = performance.now()
      await cancel(id)

      expect((await atSignal) - asked).toBeLessThan(2000)
      await working
      expect(await service().retrieveJob(id)).toMatchObject({
        state: "canceled",
        reason: "canceled by a person while it ran",
        actions: [
          expect.objectContaining({ action: "cancel", from_state: "running", actor_id: "user_anna" }),
        ],
      })
    })

    it.each<[string, (job: Scripted, context: JobContext) => unknown]>([
      ["returns", () => undefined],
      ["returns a result", () => ({ sent: true })],
      ["throws", () => Promise.reject(new Error("no"))],
      ["asks for a retry", (job) => job.outcomes.retry({ in: 0 })],
      ["snoozes", (job) => job.outcomes.snooze(0)],
      ["holds", (job) => job.outcomes.hold("look")],
      ["fails", (job) => job.outcomes.fail("gone")],
      ["cancels itself", (job) => job.outcomes.cancel("already sent")],
      [
        "waits for its signal and throws its reason",
        async (_, { signal }) => (await aborted(signal), signal.throwIfAborted()),
      ],
    ])("stays canceled when the job %s", async (_, next) => {
      expect(await canceled(next)).toMatchObject({
        state: "canceled",
        attempts: 1,
        reason: "canceled by a person while it ran",
      })
      await sql("update jobqueue_live set run_at = now()")
      expect(await work()).toBe(0)
    })

    it("stays canceled also when the job keeps nothing that completes", async () => {
      expect(await canceled(() => undefined, { keep: false })).toMatchObject({ state: "canceled" })
    })

    it("stays canceled when it ignores its signal", async () => {
      withoutGrace()
      expect(await canceled(() => new Promise(() => undefined))).toMatchObject({ state: "canceled" })
    })

    it("rolls back the job's own transaction", async () => {
      await sql("create table ledger (amount int)")
      let refused: unknown
      const job = await canceled(async (_, { transaction }) => {
        const book = (trx: Knex.Transaction) => trx.raw("insert into ledger values (1)") as Promise<void>
        await transaction(book).catch((error: unknown) => (refused = error))
      })

      expect(refused).toBeInstanceOf(JobAborted)
      expect(await sql("select from ledger")).toEqual([])
      expect(job).toMatchObject({ state: "canceled" })
    })

    it("counts when it comes after the job's end, before its outcome is written", async () => {
      const [gate, other] = [new Gate(), database()]
      script.steps = [() => gate.pass().then(() => "done")]
      const { id } = await service().enqueue(Scripted, {})
      const working = work()
      await gate.arrived
      await other.transaction(async (trx) => {
        // Whoever holds the row's lock comes before the settle that waits for it.
        await trx.query("select from jobqueue_live where id = $1 for update", [Number(id)])
        gate.open()
        await blocked()
        await trx.query("update jobqueue_live set cancel = true, reason = 'canceled' where id = $1", [
          Number(id),
        ])
      })
      await working

      expect(await service().retrieveJob(id)).toMatchObject({ state: "canceled", reason: "canceled" })
    })

    /** Resolves when a statement of the queue waits for a lock. */
    async function blocked(): Promise<void> {
      const waiting =
        "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
      while ((await sql(waiting)).length === 0) {
        // asked again at once
      }
    }
  })
})
