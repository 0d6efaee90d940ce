/** The hooks of a job class: when each is called, and that none can break anything, through the service. */
import { JOBQUEUE } from "../../src"
import { currentJob } from "../../src/modules/jobqueue/lifecycle/current-job"
import { rescueOrphans } from "../../src/modules/jobqueue/table/rescue"
import { registerWorker } from "../../src/modules/jobqueue/table/workers"
import { jobRegistry } from "../../src/modules/jobqueue/job/registry"
import { until } from "../until"
import { Hooked, hooksCalled, journal, NEVER, resetJournal } from "./hooked"
import { Gate, Orders } from "./jobs"
import { jobqueueModule } from "./runner"

const AFTER_A_COMPLETION = ["onEnqueue", "onStart", "perform", "onCompleted", "onFinish"]

jobqueueModule({ hookTimeout: 50 }, ({ service, work, sql, database }) => {
  beforeAll(() => jobRegistry().register(Hooked, "the tests"))
  beforeEach(resetJournal)

  const enqueue = (options = {}) => service().enqueue(Hooked, { n: 1 }, options)
  const container = () =>
    ({ resolve: (name: string) => (name === JOBQUEUE ? service() : undefined) }) as never
  const OTHER = { host: "other", pid: 1, version: "0", queues: ["default"], identifiers: [Hooked.identifier] }

  describe("the hooks of a job", () => {
    it("that completes: onEnqueue, onStart, onCompleted with the result, onFinish", async () => {
      journal.inPerform = () => ({ sent: 1 })
      const { id } = await enqueue()

      await work()

      expect(hooksCalled()).toEqual(AFTER_A_COMPLETION)
      const completed = journal.calls[3]
      expect(completed).toMatchObject({ given: { sent: 1 }, job: { id, payload: { n: 1 } } })
      expect(completed.context?.job).toMatchObject({
        id,
        state: "completed",
        attempts: 1,
        result: { sent: 1 },
      })
      expect(completed.context).toMatchObject({ attempt: 1, maxAttempts: 2 })
    })

    it("run on the instance that was performed, in the context of its job", async () => {
      const parents: unknown[] = []
      journal.inHook = (hook) => void (hook === "onFinish" && parents.push(currentJob()?.id))
      const { id } = await enqueue()

      await work()

      const [, started, performed, completed, finished] = journal.calls
      expect([started, completed, finished].every(({ job }) => job === performed.job)).toBe(true)
      expect(completed.context?.container).toBe(performed.context?.container)
      expect(parents).toEqual([id])
    })

    it("that fails twice: onRetry for the first attempt, onFailed for the last, each with its error", async () => {
      const errors = [new Error("first"), new Error("second")]
      journal.inPerform = (_, { attempt }) => Promise.reject(errors[attempt - 1])
      await enqueue()

      await work()
      await work()

      expect(hooksCalled().slice(1)).toEqual([
        ...["onStart", "perform", "onRetry"],
        ...["onStart", "perform", "onFailed", "onFinish"],
      ])
      const [retried, failed] = journal.calls.filter(({ given }) => given instanceof Error)
      expect(retried.given).toBe(errors[0])
      expect(retried.context?.job.state).toBe("retrying")
      expect(failed.given).toBe(errors[1])
      expect(failed.context?.job).toMatchObject({ state: "failed", reason: "failed at attempt 2 of 2" })
    })

    it.each([
      ["fail", "order was deleted", ["onFailed", "onFinish"], "order was deleted"],
      ["cancel", "already sent", ["onFinish"], undefined],
      ["hold", "no address", [], undefined],
      ["retry", { reason: "busy" }, ["onRetry"], "busy"],
      ["snooze", "1h", [], undefined],
    ] as const)("that returns %s: %p calls %p", async (outcome, said, expected, message) => {
      journal.inPerform = ({ outcomes }) => outcomes[outcome](said as never)
      await enqueue()

      await work()

      expect(hooksCalled().slice(3)).toEqual(expected)
      expect((journal.calls[3]?.given as Error | undefined)?.message).toBe(message)
    })

    it("that throws no error get one that says what was thrown", async () => {
      journal.inPerform = () => Promise.reject("a text")
      await enqueue({ maxAttempts: 1 })

      await work()

      const { given } = journal.calls.find(({ hook }) => hook === "onFailed") ?? {}
      expect(given).toBeInstanceOf(Error)
      expect(given).toMatchObject({ message: "a text", cause: "a text" })
    })

    it("that runs into its timeout get an error that says so", async () => {
      journal.inPerform = (_, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener("abort", () => reject(signal.reason as Error))
        )
      await enqueue({ timeout: 20, maxAttempts: 1 })

      await work()

      const { given } = journal.calls.find(({ hook }) => hook === "onFailed") ?? {}
      expect(given).toMatchObject({ name: "Timeout", message: expect.stringContaining("timeout of 20 ms") })
    })

    it("are not called for an outcome that was refused", async () => {
      const gate = new Gate()
      journal.inPerform = () => gate.pass()
      const { id } = await enqueue()
      const working = work()
      await gate.arrived
      await sql("update jobqueue_worker set lease_until = now() - interval '1 minute'")
      const own = database()
      await rescueOrphans(own, await registerWorker(own, OTHER))
      gate.open()
      await working

      expect(hooksCalled()).toEqual(["onEnqueue", "onStart", "perform"])
      expect((await service().retrieveJob(id)).attempts).toBe(1)
    })

    it("that somebody cancels while it runs: onFinish, whatever perform returns", async () => {
      const gate = new Gate()
      journal.inPerform = () => gate.pass().then(() => "sent")
      const { id } = await enqueue()
      const working = work()
      await gate.arrived
      await service().cancelJob(id)
      gate.open()
      await working

      expect(hooksCalled().slice(3)).toEqual(["onFinish"])
      expect(journal.calls[3].context?.job.state).toBe("canceled")
      expect((await service().retrieveJob(id)).state).toBe("canceled")
    })

    it("that a person cancels before it runs: onFinish, on an instance made for that", async () => {
      const { id } = await enqueue()
      await service().cancelJob(id)
      await until("its hook is called", () => count("onFinish") > 0)

      expect(hooksCalled()).toEqual(["onEnqueue", "onFinish"])
      expect(journal.calls[1]).toMatchObject({ job: { id, payload: { n: 1 } } })
      expect(journal.calls[1].context?.job).toMatchObject({
        state: "canceled",
        reason: "canceled by a person",
      })
    })

    it("that a rescue fails at its limit: onFailed and onFinish, in the process that rescues", async () => {
      const { id } = await enqueue({ maxAttempts: 1 })
      const own = database()
      const dead = await registerWorker(own, OTHER)
      await sql(
        `update jobqueue_live set state = 'running', begun = true, attempts = 1, worker = $1, claim = 1, claimed_at = now()`,
        [dead]
      )
      await sql("update jobqueue_worker set lease_until = now() - interval '1 minute'")

      await work() // its process lives from now on
      await until("it is rescued, and its last hook is called", () => count("onFinish") > 0)

      expect(hooksCalled()).toEqual(["onEnqueue", "onFailed", "onFinish"])
      expect(journal.calls[1]).toMatchObject({
        job: { id },
        given: { message: "its worker process died at the last attempt" },
      })
    })
  })

  describe("a hook that fails", () => {
    const HOOKS = ["onEnqueue", "onStart", "onRetry", "onCompleted", "onFailed", "onFinish"]
    const failures = {
      throws: () => fail(),
      rejects: () => Promise.reject(new Error("hook")),
      hangs: () => NEVER,
    }
    const cases = Object.keys(failures).flatMap((way) => HOOKS.map((hook) => [hook, way] as const))

    it.each(cases)("%s that %s repeats no work and changes no outcome", async (hook, way) => {
      journal.inHook = (called) => (called === hook ? failures[way as "throws"]() : undefined)
      journal.inPerform = (job, { attempt }) =>
        (job.payload as { fails?: boolean }).fails || attempt === 1
          ? Promise.reject(new Error("perform"))
          : "sent"
      const good = await enqueue()
      const bad = await service().enqueue(Hooked, { fails: true } as never)

      await work()
      await work()
      await work()

      expect(await service().retrieveJob(good.id)).toMatchObject({
        state: "completed",
        attempts: 2,
        result: "sent",
      })
      expect(await service().retrieveJob(bad.id)).toMatchObject({ state: "failed", attempts: 2 })
      expect(hooksCalled().filter((called) => called === "perform")).toHaveLength(4)
      expect(hooksCalled().filter((called) => called === "onFinish")).toHaveLength(2)
    })
  })

  describe("onStart", () => {
    it("is over before perform begins", async () => {
      const gate = new Gate()
      journal.inHook = (hook) => (hook === "onStart" ? gate.pass() : undefined)
      await enqueue()
      const working = work()
      await gate.arrived
      expect(hooksCalled()).not.toContain("perform")
      gate.open()
      await working

      expect(hooksCalled()).toEqual(AFTER_A_COMPLETION)
    })

    it("that takes longer than the job's timeout: perform does not begin any more", async () => {
      journal.inHook = (hook) => (hook === "onStart" ? NEVER : undefined)
      const { id } = await enqueue({ timeout: 10, maxAttempts: 1 })

      await work()

      expect(hooksCalled()).toEqual(["onEnqueue", "onStart", "onFailed", "onFinish"])
      expect(await service().retrieveJob(id)).toMatchObject({
        state: "failed",
        failed_attempts: [expect.objectContaining({ error_name: "Timeout" })],
      })
    })
  })

  describe("onEnqueue", () => {
    it("gets the options of the call, and what it returns is laid over them", async () => {
      journal.inHook = (hook) => (hook === "onEnqueue" ? { priority: 10, name: "from the hook" } : undefined)

      const job = await enqueue({ name: "from the call", tags: ["vip"] })

      expect(journal.calls[0].given).toEqual({ name: "from the call", tags: ["vip"] })
      expect(job).toMatchObject({ priority: 10, name: "from the hook", tags: ["vip"] })
    })

    it("runs on the very instance whose enqueue was called, before it has an id", async () => {
      let id: unknown = "not called"
      const instance = new Hooked({ n: 7 }).setName("seven")
      journal.inHook = () => void (id = instance.id)

      const job = await instance.enqueue(container())

      expect(journal.calls[0]).toMatchObject({ given: { name: "seven" } })
      expect(journal.calls[0].job).toBe(instance)
      expect(id).toBeUndefined()
      expect(instance.id).toBe(job.id)
    })

    it("runs for each of many, and for an identifier whose class this process knows", async () => {
      journal.inHook = (_, options) => ({ tags: [(options as { name: string }).name] })
      const jobs = await service().enqueueMany(Hooked.identifier, [
        { payload: {}, name: "one" },
        { payload: {}, name: "other" },
      ])

      expect(jobs.map(({ tags }) => tags)).toEqual([["one"], ["other"]])
    })

    it("that returns what is no valid option changes nothing", async () => {
      journal.inHook = () => ({ prio: 10 })

      expect(await enqueue({ name: "named" })).toMatchObject({ name: "named", priority: 100 })
    })

    it("leaves an invalid option of the caller to the caller", async () => {
      await expect(enqueue({ prio: 1 })).rejects.toMatchObject({ message: expect.stringContaining("prio") })
    })
  })
})

jobqueueModule({ hookTimeout: "10s" }, ({ service, work }) => {
  beforeAll(() => jobRegistry().register(Hooked, "the tests"))
  beforeEach(resetJournal)

  describe("a slow hook", () => {
    it("keeps no place from other jobs", async () => {
      const gate = new Gate()
      journal.inHook = (hook) => (hook === "onCompleted" ? gate.pass() : undefined)
      const payloads = Array.from({ length: 25 }, () => ({ payload: {} }))
      await service().enqueueMany(Hooked, payloads)

      const working = work()
      await until("all are performed", () => count("perform") === 25)
      expect(count("onFinish")).toBe(0)
      gate.open()
      await working

      expect(count("onFinish")).toBe(25)
    })

    it("is waited for by a shutdown: its connections still serve it", async () => {
      const gate = new Gate()
      const order: string[] = []
      journal.inHook = async (hook) => {
        if (hook === "onFinish") {
          await gate.pass()
          await service().countJobs()
          order.push("the hook has ended")
        }
      }
      await service().enqueue(Hooked, {})
      const working = work()
      await gate.arrived
      const { onApplicationShutdown } = service().__hooks
      const down = onApplicationShutdown().then(() => order.push("the shutdown has ended"))
      gate.open()
      await Promise.all([down, working])

      expect(order).toEqual(["the hook has ended", "the shutdown has ended"])
    })
  })
})

jobqueueModule({ mode: "inline", hookTimeout: "1h" }, ({ service }) => {
  beforeAll(() => jobRegistry().register(Hooked, "the tests"))
  beforeEach(resetJournal)

  it("in mode inline a hook may enqueue: nobody waits for himself", async () => {
    const inner: unknown[] = []
    journal.inHook = async (hook) => {
      if (hook === "onCompleted") {
        inner.push(await service().enqueue(Orders, { order_id: "order_1" }))
      }
    }

    const outer = await service().enqueue(Hooked, {})

    expect(outer.state).toBe("completed")
    expect(inner).toEqual([
      expect.objectContaining({ state: "completed", context: { parent_job_id: outer.id } }),
    ])
    expect(hooksCalled()).toEqual(AFTER_A_COMPLETION)
  })
})

const count = (hook: string) => hooksCalled().filter((called) => called === hook).length

function fail(): never {
  throw new Error("hook")
}
