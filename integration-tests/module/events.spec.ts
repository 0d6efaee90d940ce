/** Events on Medusa's bus, and the middleware around enqueue and perform, through the service. */
import { JobEvents, type EnqueueCall, type JobContext } from "../../src"
import { jobRegistry } from "../../src/modules/jobqueue/job/registry"
import { until } from "../until"
import { useFakeBus } from "./fake-bus"
import { Hooked, hooksCalled, journal, NEVER, resetJournal } from "./hooked"
import { script, Scripted } from "./jobs"
import { jobqueueModule } from "./runner"

jobqueueModule({ hookTimeout: 50, queues: { default: { concurrency: 200 } } }, ({ service, work, sql }) => {
  const bus = useFakeBus()
  beforeAll(() => jobRegistry().register(Hooked, "the tests"))
  beforeEach(() => {
    resetJournal()
    script.steps = []
  })

  const many = (n: number) => Array.from({ length: n }, () => ({ payload: {} }))

  describe("emit", () => {
    it("tells of a job that failed for good, but never its payload", async () => {
      script.steps = [(job) => job.outcomes.fail("order was deleted")]
      const resource = { type: "order", id: "order_1" }
      const { id } = await service().enqueue(
        Scripted,
        { n: 1 },
        { name: "Order 1", store: "store_1", resource }
      )

      await work()

      expect(bus().calls).toEqual([
        [
          {
            name: "jobqueue.job.failed",
            data: {
              id,
              identifier: "test.scripted",
              name: "Order 1",
              queue: "default",
              state: "failed",
              attempts: 1,
              reason: "order was deleted",
              store_id: "store_1",
              resource_type: "order",
              resource_id: "order_1",
            },
          },
        ],
      ])
    })

    it("emits once for a whole settled batch", async () => {
      script.steps = [(job) => job.outcomes.fail("all of them")]
      await service().enqueueMany(Scripted, many(100))

      await work()

      expect(bus().events).toHaveLength(100)
      expect(bus().calls).toHaveLength(1)
    })

    it.each([
      ["hold", JobEvents.HELD],
      ["cancel", JobEvents.CANCELED],
    ] as const)("tells of a job that returns %s: %s", async (outcome, event) => {
      script.steps = [(job) => job.outcomes[outcome]("because")]
      await service().enqueue(Scripted, {})

      await work()

      expect(bus().names).toEqual([event])
      expect(bus().events[0].data.reason).toBe("because")
    })

    it("tells of a job that is held because its payload is not valid", async () => {
      await service().enqueue(Scripted, {})
      await sql(`update jobqueue_request set payload = '{"n":"many"}'`)

      await work()

      expect(bus().events).toMatchObject([{ name: JobEvents.HELD, data: { state: "held", attempts: 0 } }])
    })

    it("tells of a job that a person cancels", async () => {
      const { id } = await service().enqueue(Scripted, {})
      await service().cancelJob(id)
      await until("the bus is told", () => bus().calls.length > 0)

      expect(bus().events).toMatchObject([{ name: JobEvents.CANCELED, data: { id, state: "canceled" } }])
    })

    it("tells of completed and retried jobs only for classes that ask", async () => {
      const once = ({ attempt }: JobContext) =>
        attempt === 1 ? Promise.reject(new Error("once")) : undefined
      script.steps = [(_, context) => once(context)]
      journal.inPerform = (_, context) => once(context)
      await service().enqueue(Scripted, {})
      const { id } = await service().enqueue(Hooked, {})

      await work()
      await work()

      expect(bus().names).toEqual([JobEvents.RETRYING, JobEvents.COMPLETED])
      expect(bus().events).toMatchObject([{ data: { id, attempts: 1 } }, { data: { id, attempts: 2 } }])
    })

    it("tells of a job that its own transaction completed", async () => {
      journal.inPerform = async (_, { transaction }) => {
        await transaction((trx) => trx.raw("select 1").then(() => ({ sent: 1 })))
        throw new Error("after the commit")
      }
      const { id } = await service().enqueue(Hooked, {})

      await work()

      expect(bus().names).toEqual([JobEvents.COMPLETED])
      expect(hooksCalled()).toEqual(["onEnqueue", "onStart", "perform", "onCompleted", "onFinish"])
      expect(journal.calls[3].given).toEqual({ sent: 1 })
      expect((await service().retrieveJob(id)).state).toBe("completed")
    })

    it("tells nothing of a job that an event of a job brought about: no loops", async () => {
      script.steps = [(job) => job.outcomes.fail("again")]
      const event = { name: JobEvents.FAILED, data: {} }
      await service().enqueue(Scripted, {}, { from: event })

      await work()

      expect(bus().calls).toEqual([])
    })

    it.each([
      ["fails", () => Promise.reject(new Error("no Redis"))],
      ["hangs", () => NEVER],
    ])("changes nothing when the bus %s", async (_, behave) => {
      bus().behave = behave
      script.steps = [(job) => job.outcomes.fail("x")]
      const jobs = await service().enqueueMany(Scripted, many(2))

      await work()
      const later = await service().enqueue(Scripted, {})
      await work()

      expect(bus().events.map(({ data }) => data.id)).toEqual([...jobs, later].map(({ id }) => id))
      expect((await service().retrieveJob(later.id)).state).toBe("failed")
    })
  })

  describe("use, around perform", () => {
    const removers: (() => void)[] = []
    const use: ReturnType<typeof service>["use"] = (middleware) => {
      const remove = service().use(middleware)
      removers.push(remove)
      return remove
    }
    const seen: string[] = []
    beforeEach(() => seen.splice(0))

    const noting = (name: string) => ({
      async perform(_: JobContext, next: () => Promise<unknown>) {
        seen.push(`${name} before`)
        const value = await next()
        seen.push(`${name} after`)
        return value as undefined
      },
    })

    const performOne = async () => {
      const { id } = await service().enqueue(Hooked, {}, { maxAttempts: 1 })
      await work()
      return service().retrieveJob(id)
    }

    it("puts the first that is used outermost, around onStart and perform", async () => {
      journal.inHook = (hook) => void seen.push(hook)
      journal.inPerform = () => (seen.push("perform"), "sent")
      use(noting("first"))
      use(noting("second"))

      expect((await performOne()).result).toBe("sent")
      expect(seen.slice(1, 7)).toEqual([
        ...["first before", "second before", "onStart", "perform", "second after", "first after"],
      ])
    })

    it("takes one out again", async () => {
      const remove = use(noting("gone"))
      remove()
      await performOne()

      expect(seen).toEqual([])
    })

    it("counts what it throws as the job's error, also when perform had succeeded", async () => {
      use({ perform: (_, next) => next().then(() => Promise.reject(new Error("no quota"))) })

      expect(await performOne()).toMatchObject({
        state: "failed",
        failed_attempts: [expect.objectContaining({ error_message: "no quota" })],
      })
    })

    it("takes what it returns for the outcome when it never calls next", async () => {
      use({ perform: () => Promise.resolve({ cached: true }) })

      expect(await performOne()).toMatchObject({ state: "completed", result: { cached: true } })
      expect(hooksCalled()).not.toContain("perform")
    })

    it("refuses a second next, and performs once", async () => {
      use({ perform: (_, next) => next().then(next) })

      expect(await performOne()).toMatchObject({
        state: "failed",
        failed_attempts: [
          expect.objectContaining({ error_message: expect.stringContaining("called next() a second time") }),
        ],
      })
      expect(hooksCalled().filter((hook) => hook === "perform")).toHaveLength(1)
    })

    it("waits for a perform that a middleware began and left alone", async () => {
      journal.inPerform = async () => {
        await sql("select 1")
        throw new Error("nobody looked")
      }
      use({
        perform(_, next) {
          void next()
          return Promise.resolve("early")
        },
      })

      expect(await performOne()).toMatchObject({
        state: "failed",
        failed_attempts: [expect.objectContaining({ error_message: "nobody looked" })],
      })
    })
  })

  describe("use, around enqueue", () => {
    it("changes payloads and options of the call", async () => {
      service().use({
        enqueue: (call, next) =>
          next({
            ...call,
            requests: call.requests.map((one) => ({ ...one, payload: { n: 2 }, tags: ["seen"] })),
          }),
      })

      const job = await service().enqueue(Scripted, { n: 1 })

      expect(job).toMatchObject({ payload: { n: 2 }, tags: ["seen"] })
    })

    it("sees enqueueMany as one call, with the identifier", async () => {
      const calls: EnqueueCall[] = []
      service().use({ enqueue: (call, next) => (calls.push(call), next()) })

      const jobs = await service().enqueueMany(Scripted, many(3))
      await service().enqueueMany(Scripted, [])

      expect(jobs).toHaveLength(3)
      expect(calls).toEqual([{ identifier: "test.scripted", requests: many(3) }])
    })

    it("refuses by throwing: that is the caller's error, and nothing is written", async () => {
      service().use({ enqueue: () => Promise.reject(new Error("not in maintenance")) })

      await expect(service().enqueue(Scripted, {})).rejects.toThrow("not in maintenance")
      expect(await sql("select from jobqueue_request")).toEqual([])
    })

    it.each([
      ["drops a request", (call: EnqueueCall) => ({ ...call, requests: call.requests.slice(1) })],
      ["adds a request", (call: EnqueueCall) => ({ ...call, requests: [...call.requests, { payload: {} }] })],
    ])("writes nothing when it %s", async (_, change) => {
      service().use({ enqueue: (call, next) => next(change(call)) })

      await expect(service().enqueueMany(Scripted, many(2))).rejects.toMatchObject({
        type: "invalid_data",
        message: expect.stringContaining("not their number"),
      })
      expect(await sql("select from jobqueue_request")).toEqual([])
    })

    it("writes once when next is called twice, and answers with what was written", async () => {
      service().use({
        async enqueue(call, next) {
          await next()
          await Promise.resolve()
            .then(() => next())
            .catch(() => undefined)
          return undefined as never
        },
      })

      const job = await service().enqueue(Scripted, {})

      expect(await sql("select id from jobqueue_request")).toEqual([{ id: Number(job.id) }])
    })

    it("says so when it neither called next nor refused", async () => {
      service().use({ enqueue: () => Promise.resolve([]) })

      await expect(service().enqueue(Scripted, {})).rejects.toThrow("neither called next() nor threw")
    })

    it.each([
      [undefined, "got undefined"],
      [{}, "got { enqueue: undefined, perform: undefined }"],
      [{ enqueu: () => undefined }, 'got "enqueu" (did you mean "enqueue"?)'],
      [{ perform: "fast" }, "perform: string"],
    ])("refuses what is no middleware: %p", (wrong, message) => {
      expect(() => service().use(wrong as never)).toThrow(message)
    })
  })
})
