/** Enqueue: what is written, in which transaction, and what bad input gets. */
import { Client } from "@medusajs/framework/pg"
import { JobPriority } from "../../src"
import { Orders, Scripted } from "./jobs"
import { jobqueueModule } from "./runner"

const OPTIONS = {
  queues: { orders: { maxAttempts: 7, timeout: "1m" as const }, mail: { maxAttempts: 4 } },
  priority: JobPriority.LOW,
  maxPayloadBytes: 200,
}

jobqueueModule(OPTIONS, ({ service, work, sql, clientUrl, entityManager }) => {
  const countJobs = async () =>
    Number((await sql<{ n: number }>("select count(*)::int as n from jobqueue_job"))[0].n)

  describe("enqueue", () => {
    it("writes the job with all that was asked for, and returns it", async () => {
      const runAt = new Date("2099-01-31T08:00:00Z")
      const job = await new Orders({ order_id: "order_01" }).setName("Order 01 to ERP").enqueue(
        { resolve: () => service() as never },
        {
          runAt,
          tags: ["erp"],
          resource: { type: "order", id: "order_01" },
          context: { locale: "de-DE", sales_channel_id: "sc_01" },
        }
      )

      const { failed_attempts, actions, has_worker, progress, log, waiting_until, ...stored } =
        await service().retrieveJob(job.id)
      expect({ ...stored, deduplicated: false }).toEqual(job)
      expect(job).toMatchObject({
        identifier: "test.orders",
        name: "Order 01 to ERP",
        queue: "orders",
        state: "scheduled",
        run_at: runAt,
        tags: ["erp"],
        resource_type: "order",
        resource_id: "order_01",
        context: { locale: "de-DE", sales_channel_id: "sc_01" },
        payload: { order_id: "order_01" },
        attempts: 0,
      })
      expect([failed_attempts, actions, has_worker, progress, log, waiting_until]).toEqual([
        [],
        [],
        false,
        null,
        [],
        null,
      ])
    })

    it("takes each setting from the call, else from the class, the queue, the plugin's options, and built-in", async () => {
      const orders = await service().enqueue(Orders, { order_id: "1" }, { timeout: "5s" })
      expect(orders).toMatchObject({ timeout: 5000, max_attempts: 3, priority: 50 })
      const unlimited = await service().enqueue(Orders, { order_id: "1" }, { timeout: null })
      expect(unlimited.timeout).toBeNull()
      const mail = await service().enqueue(Scripted, {}, { queue: "mail" })
      expect(mail).toMatchObject({ max_attempts: 4, priority: 500, timeout: null })
      const plain = await service().enqueue(Scripted, {})
      expect(plain).toMatchObject({ max_attempts: 10, backoff: { type: "fixed", delay: 0 } })
    })

    it("knows by identifier what a class says, also a class of another process", async () => {
      expect(await service().enqueue("test.orders", { order_id: "1" })).toMatchObject({
        queue: "orders",
        priority: 50,
      })
      await sql(`insert into jobqueue_identifier (identifier, queue, priority, max_attempts, backoff)
        values ('test.elsewhere', 'far-away', 10, 2, '{"type":"fixed"}')`)
      expect(await service().enqueue("test.elsewhere", {})).toMatchObject({
        queue: "far-away",
        priority: 10,
        max_attempts: 2,
        backoff: { type: "fixed" },
      })
    })

    it("runs delayed jobs not before their time", async () => {
      await service().enqueue(Orders, { order_id: "later" }, { delay: "1h" })
      await service().enqueue(Orders, { order_id: "past" }, { runAt: "2020-01-01T00:00:00+01:00" })

      expect(await work("orders")).toBe(1)
      await sql("update jobqueue_live set run_at = now() - interval '1 second'")
      expect(await work("orders")).toBe(1)
    })
  })

  describe("enqueueMany", () => {
    it("writes all in order and answers in that order", async () => {
      const jobs = await service().enqueueMany(
        Orders,
        Array.from({ length: 50 }, (_, n) => ({ payload: { order_id: `${n}` } }))
      )

      expect(jobs.map(({ payload }) => payload)).toEqual(jobs.map((_, n) => ({ order_id: `${n}` })))
      expect(jobs.map(({ id }) => Number(id))).toEqual(jobs.map((_, n) => Number(jobs[0].id) + n))
    })

    it("writes nothing when one of them is not valid", async () => {
      const requests = [{ payload: { order_id: "1" } }, { payload: { order_id: 2 as unknown as string } }]

      await expect(service().enqueueMany(Orders, requests)).rejects.toThrow("payload.order_id")
      expect(await countJobs()).toBe(0)
    })

    it("takes an empty list for nothing to do", async () => {
      expect(await service().enqueueMany(Orders, [])).toEqual([])
    })
  })

  describe("a transaction", () => {
    const enqueueIn = (context: unknown) => service().enqueue(Scripted, {}, {}, context as never)

    it("keeps exactly one job when it commits", async () => {
      await entityManager().transactional(async (transactionManager) => {
        await enqueueIn({ transactionManager })
        expect(await countJobs()).toBe(0)
      })

      expect(await countJobs()).toBe(1)
      expect(await work()).toBe(1)
    })

    it("leaves no job when it rolls back", async () => {
      const rolledBack = entityManager().transactional(async (transactionManager) => {
        await enqueueIn({ transactionManager })
        throw new Error("changed my mind")
      })

      await expect(rolledBack).rejects.toThrow("changed my mind")
      expect(await countJobs()).toBe(0)
    })

    it("may be a knex transaction", async () => {
      const knex = entityManager().getKnex()
      const trx = await knex.transaction()
      await enqueueIn({ transaction: trx })
      await trx.rollback()
      expect(await countJobs()).toBe(0)

      await knex.transaction((transaction) => enqueueIn({ transaction }))
      expect(await countJobs()).toBe(1)
    })

    it("may be a pg client", async () => {
      const client = new Client({ connectionString: clientUrl() })
      await client.connect()
      await client.query("begin")
      await enqueueIn({ transaction: client })
      await client.query("rollback")
      await client.end()

      expect(await countJobs()).toBe(0)
    })

    it("is refused when it is no transaction, or has ended", async () => {
      await expect(enqueueIn({ transaction: "trx_1" })).rejects.toThrow("expected `transaction` to be")
      const trx = await entityManager().getKnex().transaction()
      await trx.commit()
      await expect(enqueueIn({ transaction: trx })).rejects.toThrow("has already ended")
      expect(await countJobs()).toBe(0)
    })

    it("without one, a shared context changes nothing", async () => {
      await enqueueIn({})
      expect(await countJobs()).toBe(1)
    })
  })

  describe("bad input", () => {
    const cases: [string, () => Promise<unknown>, string][] = [
      [
        "an unknown queue",
        () => service().enqueue(Scripted, {}, { queue: "ordrs" }),
        'did you mean "orders"?',
      ],
      ["an unknown identifier", () => service().enqueue("test.order", {}), 'did you mean "test.orders"?'],
      [
        "a payload that fails its schema",
        () => service().enqueue(Orders, {} as never),
        "payload.order_id: Invalid input",
      ],
      [
        "a function",
        () => service().enqueue("test.x", { f: () => 1 } as never, { queue: "mail" }),
        "payload.f: is of type function",
      ],
      [
        "undefined in an array",
        () => service().enqueue("test.x", { a: [1, undefined] } as never, { queue: "mail" }),
        "payload.a[1]: is of type undefined",
      ],
      [
        "a date object",
        () => service().enqueue("test.x", { at: new Date() } as never, { queue: "mail" }),
        "payload.at: is an instance of Date",
      ],
      [
        "U+0000",
        () => service().enqueue("test.x", { s: "a\u0000" }, { queue: "mail" }),
        "payload.s: has a U+0000",
      ],
      [
        "a lone surrogate in a tag",
        () => service().enqueue(Scripted, {}, { tags: ["\ud800"] }),
        "tags.0: has a U+0000 or a lone surrogate",
      ],
      [
        "a payload over the size cap",
        () => service().enqueue(Orders, { order_id: "x".repeat(300) }),
        "at most 200 are allowed",
      ],
      [
        "a run-at that is no date",
        () => service().enqueue(Scripted, {}, { runAt: "tomorrow" }),
        "expected a Date or an ISO 8601 text",
      ],
      ["an invalid date", () => service().enqueue(Scripted, {}, { runAt: new Date("x") }), "runAt"],
      [
        "run-at and delay",
        () => service().enqueue(Scripted, {}, { runAt: new Date(), delay: 1 }),
        "got both",
      ],
      [
        "a duration in words",
        () => service().enqueue(Scripted, {}, { delay: "5 minutes" as never }),
        "expected a duration",
      ],
      ["an unknown option", () => service().enqueue(Scripted, {}, { priorty: 1 } as never), "priorty"],
    ]

    it.each(cases)("%s gets a clear error, and nothing is written", async (_, enqueue, message) => {
      await expect(enqueue()).rejects.toMatchObject({
        type: "invalid_data",
        message: expect.stringContaining(message),
      })
      expect(await countJobs()).toBe(0)
    })
  })
})
