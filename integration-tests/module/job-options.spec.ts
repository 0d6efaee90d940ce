/** What a call or a class may say of a job beside its payload, and what of it is shown to whom. */
import { z } from "@medusajs/framework/zod"
import { AbstractJob, defineJob, type EnqueueOptions, type JobContext } from "../../src"
import { jobRegistry } from "../../src/modules/jobqueue/job/registry"
import { Scripted } from "./jobs"
import { jobqueueModule } from "./runner"

const CARD = "4111111111111111"
const seen: unknown[] = []

class Charge extends AbstractJob<{ order_id: string; card: { number: string; holder: string } }> {
  static identifier = "test.charge"
  static nameTemplate = "Charge order {order_id} to {card.number} of {card.holder}"
  static redact = ["card.number"]
  static maxAttempts = 1
  static schema = z.object({
    order_id: z.string(),
    card: z.object({
      number: z
        .string()
        .refine((text) => text.startsWith("4"), { error: ({ input }) => `${String(input)} is no Visa` }),
      holder: z.string(),
    }),
  })

  perform({ logger }: JobContext) {
    seen.push(this.payload)
    logger.info(`charging ${this.payload.card.number}`)
    if (this.payload.order_id === "fails") {
      throw new Error(`card ${this.payload.card.number} was declined`)
    }
    return this.payload.order_id === "held"
      ? this.hold(`look at ${this.payload.card.number}`)
      : { card: { number: this.payload.card.number }, charged: true }
  }
}

const SendOrder = defineJob({
  identifier: "test.send-order",
  queue: "orders",
  schema: z.object({ order_id: z.string() }),
  perform: ({ order_id }, { attempt }, { snooze }) =>
    order_id === "later" ? snooze("1h") : { order_id, attempt },
})

jobqueueModule({ queues: { orders: {}, mail: {} } }, ({ service, work, sql }) => {
  const container = { resolve: () => service() as never }
  const charge = (order_id = "1") =>
    service().enqueue(Charge, { order_id, card: { number: CARD, holder: "Ada" } })

  beforeEach(() => {
    seen.length = 0
    jobRegistry().register(Charge, "the tests")
    jobRegistry().register(SendOrder, "the tests")
  })
  afterEach(() => jest.restoreAllMocks())

  describe("the fluent form", () => {
    it("says each option as the service's call does", async () => {
      const options: Required<Omit<EnqueueOptions, "delay" | "from">> = {
        name: "a name",
        queue: "mail",
        priority: 10,
        runAt: new Date("2099-01-31T08:00:00Z"),
        tags: ["a", "b"],
        store: "store_1",
        context: { locale: "de-DE" },
        resource: [
          { type: "order", id: "1" },
          { type: "cart", id: "2" },
        ],
        unique: { key: "k", onConflict: "error" },
        keep: false,
        maxAttempts: 3,
        backoff: { type: "fixed", delay: "1m" },
        timeout: "30s",
      }
      const fluent = await new Scripted({})
        .setName(options.name)
        .setQueue(options.queue)
        .setPriority(options.priority)
        .setRunAt(options.runAt)
        .setTags(options.tags)
        .setStore(options.store)
        .setContext(options.context)
        .setResource(options.resource)
        .setUnique({ ...options.unique, key: "other" })
        .setKeep(options.keep)
        .setMaxAttempts(options.maxAttempts)
        .setBackoff(options.backoff)
        .setTimeout(options.timeout)
        .enqueue(container)
      const called = await service().enqueue(Scripted, {}, options)

      const own = {
        id: called.id,
        created_at: called.created_at,
        updated_at: called.updated_at,
        unique_key: "k",
      }
      expect({ ...fluent, ...own }).toEqual(called)
      expect(called).toMatchObject({ name: "a name", queue: "mail", timeout: 30_000, state: "scheduled" })
      expect(await sql("select distinct keep from jobqueue_request")).toEqual([{ keep: false }])
    })

    it("knows delay and from, and the call's options win", async () => {
      const from = { name: "order.placed", data: {} }
      const job = await new Scripted({})
        .setDelay("1h")
        .setFrom(from)
        .setTags(["a"])
        .enqueue(container, { tags: ["b"] })
      expect(job).toMatchObject({
        state: "scheduled",
        context: { event: { name: "order.placed" } },
        tags: ["b"],
      })
    })
  })

  describe("a job from a function", () => {
    it("is enqueued by its class or its identifier, and performed with its outcomes", async () => {
      const job = await new SendOrder({ order_id: "1" }).enqueue(container)
      const later = await service().enqueue("test.send-order", { order_id: "later" })
      await work("orders")

      expect(await service().retrieveJob(job.id)).toMatchObject({
        state: "completed",
        queue: "orders",
        result: { order_id: "1", attempt: 1 },
      })
      expect((await service().retrieveJob(later.id)).state).toBe("scheduled")
      await expect(service().enqueue("test.send-order", {})).rejects.toThrow("payload.order_id")
    })
  })

  describe("the name", () => {
    it("comes from the class's template, without what is secret, unless the call gives one", async () => {
      const name = "Charge order 1 to [redacted] of Ada"
      const job = await charge()
      expect(job.name).toBe(name)
      expect((await service().retrieveJob(job.id)).name).toBe(name)
      const payload = { order_id: "1", card: { number: CARD, holder: "Ada" } }
      expect((await service().enqueue(Charge, payload, { name: "own" })).name).toBe("own")
    })

    it("is the same where another process has the class", async () => {
      await sql(`insert into jobqueue_identifier (identifier, queue, priority, max_attempts, backoff, name_template, redact)
        values ('test.far', 'mail', 10, 2, '{"type":"fixed"}', 'Pay {sum} with {pin}', '{pin}')`)
      const job = await service().enqueue("test.far", { sum: 5, pin: "12345" })
      expect(job).toMatchObject({ name: "Pay 5 with [redacted]", payload: { sum: 5, pin: "[redacted]" } })
    })
  })

  describe("resources", () => {
    const order = { type: "order", id: "order_1" }
    const cart = { type: "cart", id: "cart_1" }
    const second = { type: "order", id: "order_2" }
    const found = async (resource: { type?: string; id?: string }, state?: "pending" | "completed") => {
      const filters = { resource_type: resource.type, resource_id: resource.id, state }
      const { jobs, count } = await service().listJobs(filters, { limit: 10 })
      expect(count).toBe(jobs.length)
      return jobs.map(({ id }) => id)
    }

    it("may be several; the first is the job's own, and it is found by any of them", async () => {
      const job = await service().enqueue(Scripted, {}, { resource: [order, cart, second, order] })
      const other = await service().enqueue(Scripted, {}, { resource: order })

      expect(job).toMatchObject({
        resource_type: "order",
        resource_id: "order_1",
        resources: [order, cart, second],
      })
      expect((await service().retrieveJob(job.id)).resources).toEqual([order, cart, second])
      expect((await service().retrieveJob(other.id)).resources).toEqual([order])
      expect(await found(order)).toEqual([other.id, job.id])
      expect(await found(cart)).toEqual([job.id])
      expect(await found(second)).toEqual([job.id])
      expect(await found({ type: "order" })).toEqual([other.id, job.id])
      expect(await found({ type: "cart" })).toEqual([job.id])
      expect(await found(second, "pending")).toEqual([job.id])
      expect(await service().countJobs({ resource_type: "cart", resource_id: "cart_1" })).toMatchObject({
        pending: { count: 1 },
        completed: { count: 0 },
      })
      await work()
      expect(await found(second, "completed")).toEqual([job.id])
      expect(await found(second, "pending")).toEqual([])
    })

    it("are in the context of the job", async () => {
      const resources: unknown[] = []
      class Look extends Scripted {
        static override identifier = "test.look"
        override perform({ job }: JobContext) {
          resources.push(job.resources, job.unique_key)
          return Promise.resolve(undefined)
        }
      }
      jobRegistry().register(Look, "the tests")
      await service().enqueue(Look, {}, { resource: [order, cart], unique: { key: "k" } })
      await service().enqueue(Look, {}, { resource: cart })
      await service().enqueue(Look, {})
      await work()
      expect(resources).toEqual([[order, cart], "k", [cart], null, [], null])
    })

    it("of many jobs in one call stay with their jobs", async () => {
      const jobs = await service().enqueueMany(Scripted, [
        { payload: {}, resource: [order, cart] },
        { payload: {} },
        { payload: {}, resource: [second] },
        { payload: {}, resource: [order, second] },
      ])
      expect(await found(cart)).toEqual([jobs[0].id])
      expect(await found(second)).toEqual([jobs[3].id, jobs[2].id])
      expect(jobs.map(({ resources }) => resources.length)).toEqual([2, 0, 1, 2])
    })

    it("go with the job: deleted, pruned by its time, or completed and not kept", async () => {
      const rows = () => sql("select job_id from jobqueue_resource")
      const job = await service().enqueue(Scripted, {}, { resource: [order, cart] })
      await service().deleteJob(job.id)
      expect(await rows()).toEqual([])

      await service().enqueue(Scripted, {}, { resource: [order, cart], keep: false })
      await work()
      expect(await rows()).toEqual([])
      await expect(
        service().enqueue(Scripted, {}, { resource: Array(21).fill(order) as never })
      ).rejects.toThrow("resource")
    })
  })

  describe("what a class hides", () => {
    const everywhere = async (id: string) => {
      const [[listed], [all]] = await Promise.all([
        service().listJobqueueJobs({ id }),
        service().listAndCountJobqueueJobs({ id }),
      ])
      return [
        await service().retrieveJob(id),
        listed,
        all[0],
        await service().retrieveJobqueueJob(id),
        (await service().listJobqueueJobs({ id }, { select: ["id", "payload", "result"] }))[0],
      ]
    }

    it("only perform gets: payload and result are shown without it", async () => {
      const job = await charge()
      expect(job.payload).toEqual({ order_id: "1", card: { number: "[redacted]", holder: "Ada" } })
      await work()

      expect(seen).toEqual([{ order_id: "1", card: { number: CARD, holder: "Ada" } }])
      for (const shown of await everywhere(job.id)) {
        expect(shown).toMatchObject({
          payload: { order_id: "1", card: { number: "[redacted]", holder: "Ada" } },
          result: { card: { number: "[redacted]" }, charged: true },
        })
      }
      const { jobs } = await service().listJobs({}, { limit: 10 })
      expect(JSON.stringify(jobs)).not.toContain(CARD)
    })

    it("is hidden by a process without the class too", async () => {
      await sql(`insert into jobqueue_identifier (identifier, queue, priority, max_attempts, backoff, redact)
        values ('test.far', 'mail', 10, 2, '{"type":"fixed"}', '{items.*.secret}')`)
      const { id } = await service().enqueue("test.far", { items: [{ secret: "a-secret" }] })
      for (const shown of await everywhere(id)) {
        expect(shown).toMatchObject({ payload: { items: [{ secret: "[redacted]" }] } })
      }
    })

    it("is published for all other processes", async () => {
      await service().__hooks.onApplicationStart()
      await service().__hooks.onApplicationShutdown()
      expect(
        await sql("select name_template, redact from jobqueue_identifier where identifier = 'test.charge'")
      ).toEqual([{ name_template: Charge.nameTemplate, redact: ["card.number"] }])
    })

    it("is in no error, no reason and no line of the log", async () => {
      const lines: string[] = []
      for (const method of ["debug", "info", "warn", "error"] as const) {
        jest.spyOn(console, method).mockImplementation((...line: unknown[]) => {
          lines.push(line.map((part) => (part instanceof Error ? part.stack : String(part))).join(" "))
        })
      }
      const failed = await charge("fails")
      const held = await charge("held")
      await work()

      const shown = [await service().retrieveJob(failed.id), await service().retrieveJob(held.id)]
      expect(shown[0].failed_attempts).toMatchObject([{ error_message: "card [redacted] was declined" }])
      expect(shown[1]).toMatchObject({ state: "held", reason: "look at [redacted]" })
      expect(JSON.stringify(shown)).not.toContain(CARD)
      expect(lines.join("\n")).toContain("declined")
      expect(lines.join("\n")).not.toContain(CARD)
      expect(seen).toHaveLength(2)
    })

    it("is in no message of a payload that is not valid, at enqueue or later", async () => {
      const wrong = { order_id: "1", card: { number: "5111111111111111", holder: "Ada" } }
      const refused = service().enqueue(Charge, wrong)
      await expect(refused).rejects.toThrow("payload.card.number: is not valid ([redacted])")
      await expect(refused.catch(String)).resolves.not.toContain("5111")

      const { id } = await charge()
      await sql("update jobqueue_request set payload = $1", [JSON.stringify(wrong)])
      await work()
      const { state, reason } = await service().retrieveJob(id)
      expect(state).toBe("held")
      expect(reason).toContain("payload.card.number: is not valid ([redacted])")
    })

    it("must be named by paths", async () => {
      class Wrong extends Scripted {
        static override identifier = "test.wrong"
        static redact = ["card..number"]
      }
      await expect(service().enqueue(Wrong, {})).rejects.toThrow(
        'static redact.0: expected a path such as "card.number"'
      )
    })
  })
})
