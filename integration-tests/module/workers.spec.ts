/** Continuous workers: they wake, survive, and shut down in good order. */
import { once } from "node:events"
import { rescueOrphans } from "../../src/modules/jobqueue/table/rescue"
import { registerWorker } from "../../src/modules/jobqueue/table/workers"
import { Gate, Orders, performed, script, Scripted } from "./jobs"
import { until } from "../until"
import { jobqueueModule } from "./runner"

const OPTIONS = {
  worker: true,
  pollInterval: "50ms" as const,
  shutdownGrace: "200ms" as const,
  queues: { default: { concurrency: 2 } },
}

jobqueueModule(OPTIONS, ({ service, sql, database }) => {
  beforeEach(() => {
    performed.length = 0
    script.steps = []
  })

  // On the test's own connection: the module's may just have been cut.
  const stateOf = async (id: string) =>
    (await sql("select state from jobqueue_job where id = $1", [id]))[0].state

  it("perform jobs of every queue, and retries, by themselves", async () => {
    script.steps = [() => Promise.reject(new Error("once")), () => "sent"]
    const one = await service().enqueue(Scripted, {})
    const other = await service().enqueue(Orders, { order_id: "1" })

    await until(
      "both are completed",
      async () => (await stateOf(one.id)) === "completed" && (await stateOf(other.id)) === "completed"
    )

    expect(performed).toHaveLength(3)
  })

  it("perform no more jobs at a time than the queue's concurrency", async () => {
    const gate = new Gate()
    let running = 0
    let most = 0
    script.steps = [
      async () => {
        most = Math.max(most, ++running)
        await gate.pass()
        running--
      },
    ]
    await service().enqueueMany(
      Scripted,
      Array.from({ length: 6 }, () => ({ payload: {} }))
    )
    await gate.arrived
    await until("two run", () => running === 2)
    gate.open()
    await until("all are done", async () => (await sql("select from jobqueue_live")).length === 0)

    expect(most).toBe(2)
  })

  it("and a scheduled run of the same queue never perform a job twice", async () => {
    const jobs = await service().enqueueMany(
      Scripted,
      Array.from({ length: 200 }, () => ({ payload: {} }))
    )
    await service().workScheduled({ queue: "default" })
    await until("all are done", async () => (await sql("select from jobqueue_live")).length === 0)

    expect(performed.map(({ id }) => Number(id)).sort((a, b) => a - b)).toEqual(
      jobs.map(({ id }) => Number(id))
    )
  })

  it("begin a job whose process died, though a slow one of that kind runs, when it has waited long", async () => {
    const gate = new Gate()
    script.steps = [() => gate.pass()]
    await service().enqueueMany(Scripted, [
      { payload: {}, delay: "1h" },
      { payload: {}, delay: "1h" },
    ])
    await sql("update jobqueue_live set crashes = 1, run_at = now()")
    await gate.arrived
    const states = async () => (await sql("select state from jobqueue_live")).map(({ state }) => state).sort()
    expect(await states()).toEqual(["pending", "running"])

    await sql("update jobqueue_live set updated_at = now() - interval '3 seconds' where state = 'pending'")

    await until("both run", async () => (await states()).join() === "running,running")
    gate.open()
  })

  it("are seen as one living process with its queues and the classes that it knows", async () => {
    await until("it is registered", async () => (await sql("select from jobqueue_worker")).length === 1)

    expect(
      await sql("select pid, queues, identifiers from jobqueue_worker where lease_until > now()")
    ).toEqual([
      {
        pid: process.pid,
        queues: expect.arrayContaining(["default", "orders"]),
        identifiers: expect.arrayContaining(["test.scripted", "test.orders"]),
      },
    ])
  })

  it("go on when every database connection is cut", async () => {
    const { id } = await service().enqueue(Scripted, {}, { delay: "300ms" })
    await sql(`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name like 'jobqueue%' and pid <> pg_backend_pid() and datname = current_database()`)

    await until("it is completed", async () => (await stateOf(id)) === "completed")
  })

  it("abort their jobs and register anew when the process was declared dead", async () => {
    const gate = new Gate()
    let aborted: unknown
    script.steps = [
      async (_, { signal }) => {
        void gate.pass()
        await once(signal, "abort")
        aborted = signal.reason
      },
      () => "by the new lease",
    ]
    const { id } = await service().enqueue(Scripted, {})
    await gate.arrived
    const [before] = await sql<{ id: number }>("select id from jobqueue_worker")
    const other = { host: "test", pid: 99, version: "0", queues: [], identifiers: [] }
    const rescuer = await registerWorker(database(), other)
    await sql("update jobqueue_worker set lease_until = now() - interval '1 second' where id = $1", [
      before.id,
    ])
    await rescueOrphans(database(), rescuer)

    await until("it is completed", async () => (await stateOf(id)) === "completed")

    expect(String(aborted)).toContain("lost its lease")
    const [after] = await sql<{ id: number }>("select id from jobqueue_worker")
    expect(after.id).toBeGreaterThan(before.id)
    expect(await service().retrieveJob(id)).toMatchObject({ result: "by the new lease", attempts: 2 })
  })

  describe("shutdown", () => {
    it("waits for a running job", async () => {
      const gate = new Gate()
      script.steps = [() => gate.pass()]
      const { id } = await service().enqueue(Scripted, {})
      await gate.arrived
      const stopping = service().__hooks.onApplicationShutdown()
      gate.open()
      await stopping

      expect(await sql("select state from jobqueue_job where id = $1", [id])).toEqual([
        { state: "completed" },
      ])
      expect(await sql("select from jobqueue_worker")).toEqual([])
    })

    it("takes no more jobs as soon as a signal arrives, though HTTP responses are still open", async () => {
      const { __hooks } = service()
      await __hooks.onApplicationPrepareShutdown()
      const { id } = await service().enqueue(Scripted, {})
      await __hooks.onApplicationShutdown()

      expect(await sql("select state, attempts from jobqueue_job where id = $1", [id])).toEqual([
        { state: "pending", attempts: 0 },
      ])
    })

    it("aborts a job after the grace, and gives its attempt back", async () => {
      const gate = new Gate()
      script.steps = [
        async (_, { signal }) => {
          void gate.pass()
          await once(signal, "abort")
          throw new Error("interrupted")
        },
      ]
      const { id } = await service().enqueue(Scripted, {}, { maxAttempts: 1 })
      await gate.arrived
      await service().__hooks.onApplicationShutdown()

      expect(await sql("select state, attempts from jobqueue_job where id = $1", [id])).toEqual([
        { state: "pending", attempts: 0 },
      ])
    })

    it("may happen twice, and refuses an enqueue afterwards with a clear error", async () => {
      await Promise.all([
        service().__hooks.onApplicationShutdown(),
        service().__hooks.onApplicationShutdown(),
      ])

      await expect(service().enqueue(Scripted, {})).rejects.toMatchObject({
        type: "not_allowed",
        message: expect.stringContaining("shutting down"),
      })
    })
  })
})
