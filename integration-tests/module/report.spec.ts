/** What running jobs say of themselves: progress, log, touch and result, against a real Postgres. */
import type { JobContext, JobProgress } from "../../src"
import type { QueueBackend } from "../../src/modules/jobqueue/backend/contract"
import { prune } from "../../src/modules/jobqueue/maintenance/prune"
import { JobAborted } from "../../src/modules/jobqueue/lifecycle/run"
import { writeReports, type Report } from "../../src/modules/jobqueue/table/report"
import type { Engine } from "../../src/modules/jobqueue/composition/engine"
import { until } from "../until"
import { Gate, script, Scripted, TRIED_AGAIN } from "./jobs"
import { jobqueueModule } from "./runner"

const DAY = 86_400_000
const WEEK = 7 * DAY
const logger = { debug: () => undefined } as never

jobqueueModule({ maxPayloadBytes: 1000 }, ({ service, work, sql, database }) => {
  const warnings: string[] = []

  beforeEach(() => {
    script.steps = []
    warnings.length = 0
    const { logger } = engine()
    jest.spyOn(logger, "warn").mockImplementation((message) => {
      warnings.push(message)
    })
  })
  afterEach(() => jest.restoreAllMocks())

  const engine = () => (service() as unknown as { engine_: Engine & { backend: QueueBackend } }).engine_
  const perform = async (step: (context: JobContext) => unknown, options = {}) => {
    script.steps = [(_, context) => step(context)]
    const { id } = await service().enqueue(Scripted, {}, options)
    await work()
    return id
  }
  const rowsOf = (id: string) =>
    sql(
      `select (select count(*)::int from jobqueue_progress where job_id = $1) as progress,
        (select count(*)::int from jobqueue_log where job_id = $1) as lines`,
      [id]
    )

  describe("progress", () => {
    it("is kept with its note when it was said last, and may be taken out of the context", async () => {
      const id = await perform(({ progress }) => {
        void progress(1, 3)
        void progress(2, 3, "two of three")
      })

      expect(await service().retrieveJob(id)).toMatchObject({
        state: "completed",
        progress: { done: 2, total: 3, note: "two of three", attempt: 1, updated_at: expect.any(Date) },
      })
    })

    it("needs no total, and is null for a job that never said any", async () => {
      const id = await perform(({ progress }) => void progress(7))
      const silent = await perform(({ log }) => void log("only a line"))

      expect((await service().retrieveJob(id)).progress).toMatchObject({ done: 7, total: null, note: null })
      expect((await service().retrieveJob(silent)).progress).toBeNull()
    })

    it("is shown while the job runs", async () => {
      const gate = new Gate()
      script.steps = [
        async (_, { progress }) => {
          await progress(1, 2)
          await gate.pass()
        },
      ]
      const { id } = await service().enqueue(Scripted, {})
      const working = work()
      await gate.arrived

      expect(await service().retrieveJob(id)).toMatchObject({ state: "running", progress: { done: 1 } })
      gate.open()
      await working
    })

    it("survives the attempt that said it, so that the next one goes on from there", async () => {
      const found: (JobProgress | null)[] = []
      script.steps = [
        async (_, { progress, lastProgress }) => {
          found.push(await lastProgress())
          void progress(40, 100)
          throw new Error("ERP is down")
        },
        async (_, { log, lastProgress }) => {
          void log("goes on")
          found.push(await lastProgress())
        },
      ]
      const { id } = await service().enqueue(Scripted, {})
      await work()
      expect(await service().retrieveJob(id)).toMatchObject({ state: TRIED_AGAIN, progress: { done: 40 } })
      await work()

      expect(found).toEqual([null, expect.objectContaining({ done: 40, total: 100, attempt: 1 })])
      expect(await service().retrieveJob(id)).toMatchObject({ state: "completed", progress: { done: 40 } })
    })

    it("tells of this attempt what it said before", async () => {
      let found: JobProgress | null = null
      await perform(async ({ progress, lastProgress }) => {
        void progress(5)
        found = await lastProgress()
      })

      expect(found).toMatchObject({ done: 5, attempt: 1 })
    })

    it("takes a handful of statements for 10,000 calls, and one for all jobs of a moment", async () => {
      const report = jest.spyOn(engine().backend, "report")
      const id = await perform(async ({ progress, log }) => {
        for (let done = 1; done <= 10_000; done++) {
          void progress(done, 10_000)
          void log(`line ${done}`)
          if (done % 1000 === 0) {
            await new Promise(setImmediate)
          }
        }
      })

      expect(report.mock.calls.length).toBeLessThanOrEqual(5)
      expect((await service().retrieveJob(id)).progress?.done).toBe(10_000)

      report.mockClear()
      script.steps = [(_, { progress }) => progress(1)]
      await service().enqueueMany(
        Scripted,
        Array.from({ length: 10 }, () => ({ payload: {} }))
      )
      await work()
      const batches = report.mock.calls.map(([reports]) => reports.length)
      expect(batches.reduce((sum, size) => sum + size)).toBe(10)
      expect(batches.length).toBeLessThanOrEqual(2)
    })

    it("is refused when it is no number: the job goes on, and the log says so", async () => {
      let refusal: unknown
      const id = await perform(async ({ progress }) => {
        void progress(Number.NaN)
        refusal = await progress(1, Number.NaN).catch((error: unknown) => error)
      })

      expect(refusal).toMatchObject({
        type: "invalid_data",
        message: expect.stringContaining("got 1 and NaN"),
      })
      expect(warnings).toContainEqual(expect.stringContaining("got NaN and undefined"))
      expect(await service().retrieveJob(id)).toMatchObject({ state: "completed", progress: null })
    })
  })

  describe("log", () => {
    it("keeps the lines of each attempt in their order, with the data that explains them", async () => {
      script.steps = [
        (_, { log }) => {
          void log("sending", { items: 3, to: null })
          void log("refused")
          throw new Error("ERP is down")
        },
        (_, { log }) => log("sent"),
      ]
      const { id } = await service().enqueue(Scripted, {})
      await work()
      await work()

      const { log } = await service().retrieveJob(id)
      expect(log).toEqual([
        {
          attempt: 1,
          line: 1,
          message: "sending",
          data: { items: 3, to: null },
          logged_at: expect.any(Date),
        },
        { attempt: 1, line: 2, message: "refused", data: null, logged_at: expect.any(Date) },
        { attempt: 2, line: 1, message: "sent", data: null, logged_at: expect.any(Date) },
      ])
      expect(await service().listJobLog(id, { attempt: 1 })).toEqual(log.slice(0, 2))
      expect(await service().listJobLog(id, { limit: 1 })).toEqual(log.slice(2))
    })

    it("keeps the last 200 lines of an attempt", async () => {
      const id = await perform(async ({ log }) => {
        for (let line = 1; line <= 150; line++) {
          void log(`line ${line}`)
        }
        await log("line 151")
        for (let line = 152; line <= 350; line++) {
          void log(`line ${line}`)
        }
      })

      const lines = await service().listJobLog(id, { limit: 1000 })
      expect(lines.map(({ message }) => message)).toEqual(
        Array.from({ length: 200 }, (_, n) => `line ${n + 151}`)
      )
    })

    it("keeps 4,000 lines of a job, however often it is performed", async () => {
      script.steps = [(job, { log }) => log("one more").then(() => job.outcomes.snooze(0))]
      const { id } = await service().enqueue(Scripted, {})
      await sql(
        `insert into jobqueue_log (job_id, claim, line, attempt, message, logged_at)
         select $1, claim, line, 1, 'old', now() - interval '1 hour' + claim * interval '1 second'
         from generate_series(1, 25) claim, generate_series(1, 200) line`,
        [id]
      )
      await work()

      const kept = await sql(
        "select count(*)::int as count, min(claim)::int as oldest from jobqueue_log where job_id = $1",
        [id]
      )
      expect(kept).toEqual([{ count: 3801, oldest: 7 }])
    })

    it("stores whatever text it is given, cut to a length", async () => {
      const circle: { self?: unknown } = {}
      circle.self = circle
      const id = await perform(({ log }) => {
        void log("a\u0000b\ud800c")
        void log("x".repeat(5000), { text: "y".repeat(5000) })
        void log(new Error("no text") as never, circle as never)
      })

      const [nasty, long, odd] = (await service().retrieveJob(id)).log
      expect(nasty.message).toBe("a\ufffdb\ufffdc")
      expect(long.message).toHaveLength(2000)
      expect(long.data).toMatch(/^\{"text":"y+…$/)
      expect(odd).toMatchObject({
        message: expect.stringContaining("no text"),
        data: expect.stringContaining("Circular"),
      })
    })

    it("tells when a line was logged, not when it was written", async () => {
      const [{ id }] = await sql<{ id: number }>("select nextval('jobqueue_job_id_seq') as id")
      await holdJob(id)
      const lines = [{ line: 1, message: "a minute ago", data: null, age: 60_000 }]
      await writeReports(database(), [{ ...reportOf(id), lines }])

      const [{ age }] = await sql<{ age: string }>(
        "select extract(epoch from now() - logged_at) as age from jobqueue_log where job_id = $1",
        [id]
      )
      expect(Number(age)).toBeGreaterThanOrEqual(60)
      expect(Number(age)).toBeLessThan(120)
    })
  })

  describe("touch", () => {
    it("gives the attempt its timeout anew, each time", async () => {
      let ran = 0
      const id = await perform(
        async ({ touch, signal }) => {
          const begun = performance.now()
          while (performance.now() - begun < 250) {
            void touch()
            await new Promise((resolve) => setTimeout(resolve, 10))
          }
          ran = performance.now() - begun
          signal.throwIfAborted()
        },
        { timeout: 100 }
      )

      expect(ran).toBeGreaterThan(200)
      expect(await service().retrieveJob(id)).toMatchObject({ state: "completed", attempts: 1 })
    })

    it("gives as much as it is asked for, and says in the table that the job is alive", async () => {
      const gate = new Gate()
      script.steps = [
        async (_, { touch }) => {
          await touch("5m")
          await gate.pass()
        },
      ]
      const { id } = await service().enqueue(Scripted, {}, { timeout: 2000 })
      const working = work()
      await gate.arrived
      const { started_at, updated_at, state } = await service().retrieveJob(id)

      expect(state).toBe("running")
      expect(updated_at.getTime()).toBeGreaterThan(Number(started_at?.getTime()))
      expect(await rowsOf(id)).toEqual([{ progress: 0, lines: 0 }])
      gate.open()
      await working
    })
  })

  describe("a run that lost its job", () => {
    it("gets its reports refused, its signal aborted, and changes nothing", async () => {
      const gate = new Gate()
      const seen: unknown[] = []
      script.steps = [
        async (_, { progress, log, touch, signal }) => {
          await Promise.all([progress(1, 10, "mine"), log("mine")])
          await gate.pass()
          for (const report of [touch(), progress(2), log("not mine")]) {
            seen.push(await report.catch((error: unknown) => error))
          }
          seen.push(signal.reason, await log("later").catch((error: unknown) => error))
        },
      ]
      const { id } = await service().enqueue(Scripted, {})
      const working = work()
      await gate.arrived
      await giveToOther(id)
      gate.open()
      await working

      expect(seen).toEqual(Array.from({ length: 5 }, () => expect.any(JobAborted)))
      expect(String(seen[0])).toContain("lost its lease")
      expect(await service().retrieveJob(id)).toMatchObject({
        state: "running",
        progress: { done: 1, note: "mine" },
        log: [{ message: "mine" }],
      })
      expect(warnings).toContainEqual(expect.stringContaining("what it reported was refused"))
    })

    it("is told apart from one of another job, and from its own later one, in the same statement", async () => {
      await holdJob(900_001, 5)
      await holdJob(900_002, 6)
      const reports = [
        { ...reportOf(900_001, 5), progress: { done: 1, total: null, note: null, age: 0 } },
        { ...reportOf(900_001, 4), progress: { done: 2, total: null, note: null, age: 0 } },
        { ...reportOf(900_002, 5), progress: { done: 3, total: null, note: null, age: 0 } },
      ]

      expect(await writeReports(database(), reports)).toEqual(reports.slice(1))
      expect(await sql("select job_id, done from jobqueue_progress")).toEqual([{ job_id: 900_001, done: 1 }])
    })
  })

  it("writes lines once when a report is sent again, because its answer was lost", async () => {
    await holdJob(900_003)
    const lines = [{ line: 1, message: "once", data: null, age: 0 }]
    const report = { ...reportOf(900_003), lines }

    expect(await writeReports(database(), [report])).toEqual([])
    expect(await writeReports(database(), [report])).toEqual([])
    expect(await rowsOf("900003")).toEqual([{ progress: 1, lines: 1 }])
  })

  describe("while the database does not take reports", () => {
    it("keeps the newest, sends it again, and leaves the job alone", async () => {
      const { report } = engine().backend
      const failing = jest.spyOn(engine().backend, "report").mockRejectedValue(new Error("no database"))
      const gate = new Gate()
      script.steps = [
        async (_, { progress, log }) => {
          const first = progress(1)
          void log("during the outage")
          await until("it was tried", () => failing.mock.calls.length > 0)
          failing.mockImplementation((reports) => report.call(engine().backend, reports))
          void progress(2)
          await first
          await gate.pass()
        },
      ]
      const { id } = await service().enqueue(Scripted, {})
      const working = work()
      await gate.arrived

      expect(await service().retrieveJob(id)).toMatchObject({
        progress: { done: 2 },
        log: [{ message: "during the outage" }],
      })
      gate.open()
      await working
      expect(warnings).toContainEqual(expect.stringContaining("kept and sent again: no database"))
    })

    it("settles the job all the same, and says what is not kept", async () => {
      jest.spyOn(engine().backend, "report").mockRejectedValue(new Error("no database"))
      let outcome: Promise<unknown> = Promise.resolve()
      const id = await perform(({ progress }) => {
        outcome = progress(1).catch((error: unknown) => error)
      })

      expect(await service().retrieveJob(id)).toMatchObject({ state: "completed", progress: null })
      expect(warnings).toContainEqual(
        expect.stringContaining("the last that it reported could not be written")
      )
      expect(await outcome).toMatchObject({ type: "not_allowed" })
    })
  })

  it("refuses what is said after the end of perform, and changes nothing", async () => {
    let context: JobContext | undefined
    const id = await perform((given) => {
      context = given
      void given.progress(1)
    })

    await expect(context?.progress(2)).rejects.toMatchObject({ type: "not_allowed" })
    expect((await service().retrieveJob(id)).progress).toMatchObject({ done: 1 })
  })

  describe("with context.transaction", () => {
    it("writes what was said before the completion, and refuses what is said after the commit", async () => {
      let late: Promise<void> | undefined
      const id = await perform(async ({ transaction, progress, log, signal }) => {
        await transaction(async (trx) => {
          void progress(1, 1)
          await trx.raw("select 1")
        })
        late = log("too late")
        await late.catch(() => undefined)
        expect(signal.aborted).toBe(false)
      })

      await expect(late).rejects.toMatchObject({ type: "not_allowed" })
      expect(await service().retrieveJob(id)).toMatchObject({
        state: "completed",
        progress: { done: 1 },
        log: [],
      })
    })

    it("goes on reporting after a rollback", async () => {
      const id = await perform(async ({ transaction, progress }) => {
        void progress(1)
        await transaction(() => Promise.reject(new Error("rolled back"))).catch(() => undefined)
        void progress(2)
      })

      expect(await service().retrieveJob(id)).toMatchObject({ state: "completed", progress: { done: 2 } })
    })
  })

  describe("forget", () => {
    const report = ({ progress, log }: JobContext) => {
      void progress(1)
      void log("a line")
    }

    it("deletes reports with a completed job that keeps nothing, whichever attempt reported", async () => {
      const id = await perform(report, { keep: false })
      expect(await rowsOf(id)).toEqual([{ progress: 0, lines: 0 }])

      script.steps = [
        (_, context) => {
          report(context)
          throw new Error("once")
        },
        () => undefined,
      ]
      const { id: retried } = await service().enqueue(Scripted, {}, { keep: false })
      await work()
      expect(await rowsOf(retried)).toEqual([{ progress: 1, lines: 1 }])
      await work()
      expect(await rowsOf(retried)).toEqual([{ progress: 0, lines: 0 }])
      await expect(service().retrieveJob(retried)).rejects.toMatchObject({ type: "not_found" })
    })

    it("deletes reports with a job that a person deletes, and with one that is pruned", async () => {
      const deleted = await perform(report)
      const pruned = await perform(report)
      const kept = await perform(report)
      await service().deleteJob(deleted)
      await sql("update jobqueue_outcome set finished_at = now() - interval '8 days' where id = $1", [pruned])
      await prune(database(), { completed: WEEK, failed: WEEK, canceled: WEEK }, logger)

      expect(await rowsOf(deleted)).toEqual([{ progress: 0, lines: 0 }])
      expect(await rowsOf(pruned)).toEqual([{ progress: 0, lines: 0 }])
      expect(await rowsOf(kept)).toEqual([{ progress: 1, lines: 1 }])
    })

    it("prunes what is left of jobs that are gone, once nothing older is there", async () => {
      script.steps = [
        (job, context) => {
          report(context)
          return job.outcomes.snooze(0)
        },
        () => undefined,
      ]
      const { id } = await service().enqueue(Scripted, {}, { keep: false })
      await work()
      await work()
      await expect(service().retrieveJob(id)).rejects.toMatchObject({ type: "not_found" })
      const kept = await perform(report)
      await prune(database(), { completed: WEEK, failed: WEEK, canceled: WEEK }, logger)

      expect(await rowsOf(id)).toEqual([{ progress: 0, lines: 0 }])
      expect(await rowsOf(kept)).toEqual([{ progress: 1, lines: 1 }])
    })
  })

  describe("result", () => {
    it("is kept as JSON", async () => {
      const result = { order: "1042", lines: [1, null, { sku: "a" }] }
      const id = await perform(() => result)

      expect(await service().retrieveJob(id)).toMatchObject({ state: "completed", result })
    })

    it("is left out with a warning when it is too large: the work is done all the same", async () => {
      const id = await perform(() => "x".repeat(1001))

      expect(await service().retrieveJob(id)).toMatchObject({ state: "completed", result: null })
      expect(warnings).toEqual([expect.stringContaining("its result is not kept: 1003 bytes, at most 1000")])
    })
  })

  /** As if this claim held it. */
  async function holdJob(id: number, claim = 1): Promise<void> {
    await sql(
      `insert into jobqueue_live (id, run_at, created_at, updated_at, state, queue, identifier, priority, max_attempts, worker, claim)
       values ($1, now(), now(), now(), 'running', 'other', 'test.scripted', 100, 1, 1, $2)`,
      [id, claim]
    )
  }

  /** As if this process had been declared dead, and another one had claimed the job. */
  async function giveToOther(id: string): Promise<void> {
    await sql(
      `insert into jobqueue_worker (id, host, pid, version, queues, identifiers, lease_until)
       values (77, 'other', 1, '0', '{}', '{}', now() + interval '1 hour')`
    )
    await sql("update jobqueue_live set worker = 77, claim = 77000000001 where id = $1", [id])
  }

  function reportOf(id: number, claim = 1): Report {
    return { id, claim, attempt: 1, progress: null, lines: [] }
  }
})
