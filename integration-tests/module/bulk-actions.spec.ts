/** What a person does to many jobs at once, by ids or by filter: counts, reasons, and what happens beside others. */
import { Client } from "@medusajs/framework/pg"
import type { BulkTarget, JobAction, JobState } from "../../src"
import { WAKE_CHANNEL } from "../../src/modules/jobqueue/constants"
import { until } from "../until"
import { Gate, performed, script, Scripted } from "./jobs"
import { jobqueueModule } from "./runner"

const ANNA = { type: "user", id: "user_anna" }
const MANY = 100_000

jobqueueModule({ queues: { orders: {}, mails: {} } }, ({ service, work, sql, database, clientUrl }) => {
  beforeEach(() => {
    performed.length = 0
    script.steps = []
  })

  const enqueue = (count: number, options: object = {}) =>
    service()
      .enqueueMany(
        Scripted,
        Array.from({ length: count }, () => ({ payload: {}, ...options }))
      )
      .then((jobs) => jobs.map(({ id }) => id))

  const put = (ids: string[], state: JobState) =>
    sql("update jobqueue_live set state = $2 where id = any($1)", [ids.map(Number), state])

  const states = async () =>
    Object.fromEntries(
      (
        await sql<{ state: string; count: number }>(
          "select state, count(*)::int as count from jobqueue_job group by 1 order by 1"
        )
      ).map(({ state, count }) => [state, count])
    )

  describe("by ids", () => {
    it("does to each what its state allows, once, and counts the others with the reason", async () => {
      const [failed, canceled, running, pending] = await enqueue(4, { queue: "orders" })
      script.steps = [(job) => job.outcomes.fail("no"), (job) => job.outcomes.cancel("no"), () => "sent"]
      await put([running, pending], "held")
      await work("orders")
      await put([running], "running")
      await put([pending], "pending")

      const ids = [failed, failed, running, pending, canceled, "999999", "abc"]
      const result = await service().actOnJobs("retry", { ids }, { actor: ANNA, reason: "mended" })

      const only = "only scheduled, retrying, waiting, held, failed, canceled jobs can."
      expect(result).toEqual({
        action: "retry",
        dry_run: false,
        batch: expect.any(String),
        matched: 6,
        done: 2,
        done_from: [
          { state: "failed", count: 1 },
          { state: "canceled", count: 1 },
        ],
        refused: expect.arrayContaining([
          { state: "running", count: 1, reason: `A running job can't be retried; ${only}`, ids: [running] },
          { state: "pending", count: 1, reason: `A pending job can't be retried; ${only}`, ids: [pending] },
          {
            state: null,
            count: 2,
            reason: "There is no such job. It may have been deleted or pruned.",
            ids: ["abc", "999999"],
          },
        ]),
        ids: [failed, canceled],
      })
      expect(
        await sql(
          "select job_id, batch, reason, actor_id, from_state, to_state from jobqueue_action order by job_id"
        )
      ).toEqual([
        { job_id: Number(failed), from_state: "failed", ...recorded(result.batch) },
        { job_id: Number(canceled), from_state: "canceled", ...recorded(result.batch) },
      ])
      expect(await states()).toEqual({ pending: 3, running: 1 })
    })

    const recorded = (batch: string | null) => ({
      batch,
      to_state: "pending",
      reason: "mended",
      actor_id: ANNA.id,
    })

    it("an empty list does nothing", async () => {
      expect(await service().deleteJobs({ ids: [] })).toMatchObject({
        matched: 0,
        done: 0,
        refused: [],
        batch: null,
      })
    })

    it.each<[JobAction, JobState, object]>([
      ["hold", "retrying", { held: 2 }],
      ["release", "held", { pending: 2 }],
      ["restart", "retrying", { pending: 2 }],
      ["retry", "retrying", { pending: 2 }],
      ["clone", "held", { held: 2, pending: 2 }],
      ["cancel", "held", { canceled: 2 }],
      ["delete", "held", {}],
    ])("%s has its own verb", async (action, state, expected) => {
      const ids = await enqueue(2)
      await put(ids, state)

      expect(await service()[`${action}Jobs`]({ ids })).toMatchObject({
        action,
        done: 2,
        matched: 2,
        refused: [],
      })
      expect(await states()).toEqual(expected)
    })
  })

  describe("by filter", () => {
    it("does it to the jobs of the filter alone, and counts those whose state does not allow it", async () => {
      const orders = await enqueue(4, { queue: "orders" })
      const [, ...mails] = await enqueue(3, { queue: "mails" })
      await put([orders[0]], "running")
      await put([orders[1], ...mails], "held")

      expect(await service().holdJobs({ filter: { queue: "orders" } }, { reason: "stop" })).toMatchObject({
        matched: 4,
        done: 2,
        done_from: [{ state: "pending", count: 2 }],
        refused: expect.arrayContaining([
          expect.objectContaining({ state: "running", count: 1 }),
          expect.objectContaining({ state: "held", count: 1 }),
        ]),
        ids: orders.slice(2),
      })
      expect(await states()).toEqual({ held: 5, pending: 1, running: 1 })
    })

    it("takes all filters of the list, together", async () => {
      const resource = { type: "order", id: "order_7" }
      const [mine] = await enqueue(1, { resource, tags: ["vip"], name: "Order 7 to ERP", queue: "orders" })
      await enqueue(1, { resource, queue: "orders" })
      await enqueue(1, { tags: ["vip"], queue: "orders" })

      const filter = {
        resource_type: "order",
        resource_id: "order_7",
        tag: "vip",
        q: "to erp",
        queue: "orders",
      }
      expect(
        await service().cancelJobs({ filter: { ...filter, identifier: Scripted.identifier } })
      ).toMatchObject({
        matched: 1,
        ids: [mine],
      })
    })

    it("a limit takes the oldest, and passes over what the action does not allow", async () => {
      const ids = await enqueue(5)
      await put([ids[0], ids[2], ids[3]], "held")

      expect(await service().releaseJobs({ filter: { queue: "default" }, limit: 2 })).toMatchObject({
        done: 2,
        matched: 2,
        refused: [],
        ids: [ids[0], ids[2]],
      })
      expect(await states()).toEqual({ held: 1, pending: 4 })
    })

    it("releasing leaves delayed jobs alone when none is held", async () => {
      await enqueue(3, { delay: "1h" })

      expect(await service().releaseJobs({ filter: { queue: "default" }, limit: 10 })).toMatchObject({
        done: 0,
      })
      expect(await states()).toEqual({ scheduled: 3 })
    })

    it("released and retried jobs are performed in the order in which they were enqueued", async () => {
      const ids = await enqueue(20)
      await put(ids, "held")
      await service().releaseJobs({ filter: { state: "held" } })
      await work()

      expect(performed.map(({ id }) => id)).toEqual(ids)
    })

    it("finished jobs become ready in their order too, and copies never have copies of their own", async () => {
      const ids = await enqueue(6)
      script.steps = [(job) => job.outcomes.fail("no")]
      await work()

      const { ids: copies, done } = await service().cloneJobs({ filter: { queue: "default" } })
      expect([done, copies.length]).toEqual([6, 6])
      await service().retryJobs({ filter: { state: "failed" } })
      performed.length = 0
      await work()

      expect(performed.map(({ id }) => id)).toEqual([...copies, ...ids])
    })
  })

  describe("a dry run", () => {
    it("says how many and in which states, by filter and by ids, and does nothing", async () => {
      const ids = await enqueue(4)
      await put(ids.slice(0, 1), "running")
      await put(ids.slice(1, 2), "held")
      const expected = {
        dry_run: true,
        batch: null,
        matched: 4,
        done: 3,
        done_from: expect.arrayContaining([
          { state: "held", count: 1 },
          { state: "pending", count: 2 },
        ]),
        refused: [expect.objectContaining({ state: "running", count: 1 })],
      }

      for (const target of [{ filter: { queue: "default" } }, { ids }]) {
        expect(await service().deleteJobs(target, { dryRun: true })).toMatchObject(expected)
      }
      expect(
        await service().deleteJobs({ filter: { queue: "default" }, limit: 2 }, { dryRun: true })
      ).toMatchObject({
        done: 2,
        refused: [],
      })
      expect(await states()).toEqual({ held: 1, pending: 2, running: 1 })
      expect(await sql("select from jobqueue_action")).toEqual([])
    })
  })

  describe("a target that does not say which jobs are meant", () => {
    it.each([
      [{}, "either `ids` or `filter`"],
      [{ ids: ["1"], filter: { queue: "default" } }, "either `ids` or `filter`"],
      [{ ids: "1" }, "list of job ids"],
      [{ filter: {} }, "none means every job"],
      [{ filter: { queue: undefined } }, "none means every job"],
      [{ filter: { qeue: "default" } }, 'no filter "qeue"'],
      [{ filter: { queue: ["default"] } }, "to be a text"],
      [{ filter: { state: [] } }, 'the filter "state"'],
      [{ filter: { state: "broken" } }, 'got "broken"'],
      [{ filter: { queue: "default" }, limit: 0 }, "from 1 on"],
      [{ filter: { queue: "default" }, limit: 1.5 }, "from 1 on"],
      [{ ids: ["1"], limit: 1 }, "belongs to a filter"],
    ])("%j is refused, and nothing is done", async (target, reason) => {
      await enqueue(1)

      await expect(service().cancelJobs(target as unknown as BulkTarget)).rejects.toMatchObject({
        type: "invalid_data",
        message: expect.stringContaining(reason),
      })
      expect(await states()).toEqual({ pending: 1 })
    })

    it("an unknown action is refused too", async () => {
      await expect(service().actOnJobs("bury" as never, { ids: [] })).rejects.toMatchObject({
        type: "invalid_data",
      })
    })
  })

  describe("beside others", () => {
    const isWaiting = async () =>
      (await sql("select from pg_stat_activity where wait_event_type = 'Lock' and query like '%for update%'"))
        .length > 0

    it("a job whose state changes meanwhile is refused for it, and the others are done", async () => {
      const ids = await enqueue(3)
      const gate = new Gate()
      const other = database(3).transaction(async (transaction) => {
        await transaction.query("update jobqueue_live set state = 'running' where id = $1", [ids[1]])
        await gate.pass()
      })
      await gate.arrived

      const acting = service().holdJobs({ filter: { state: "pending" } })
      await until("the action waits for the lock", isWaiting)
      gate.open()
      await other

      expect(await acting).toMatchObject({
        matched: 3,
        done: 2,
        refused: [{ state: "running", count: 1, ids: [ids[1]] }],
      })
    })

    it("a job that became something else which was not asked for is left as it is", async () => {
      const ids = await enqueue(2)
      const gate = new Gate()
      const other = database(3).transaction(async (transaction) => {
        await transaction.query("update jobqueue_live set state = 'held' where id = $1", [ids[0]])
        await gate.pass()
      })
      await gate.arrived

      const acting = service().cancelJobs({ filter: { state: "pending" } })
      await until("the action waits for the lock", isWaiting)
      gate.open()
      await other

      expect(await acting).toMatchObject({
        done: 1,
        refused: [{ state: "held", reason: "It became held meanwhile, which was not asked for." }],
      })
      expect(await states()).toEqual({ canceled: 1, held: 1 })
    })

    it("a job that a transaction holds for long is refused after a while, for one job and for many", async () => {
      const ids = await enqueue(3)
      const gate = new Gate()
      const other = database(3).transaction(async (transaction) => {
        await transaction.query("select from jobqueue_live where id = $1 for update", [ids[0]])
        await gate.pass()
      })
      await gate.arrived

      const [many, one] = await Promise.all([
        service().cancelJobs({ ids }),
        service()
          .cancelJob(ids[0])
          .catch((error: unknown) => error),
      ])
      gate.open()
      await other

      expect(many).toMatchObject({
        done: 2,
        refused: [{ state: null, count: 1, reason: expect.stringContaining("another transaction holds it") }],
      })
      expect(one).toMatchObject({ type: "not_allowed", message: expect.stringContaining("Try again") })
    })

    it("several people and workers at the same jobs come to no deadlock, and each job is done once", async () => {
      const ids = await enqueue(1500)
      const [held, canceled, deleted, ran] = await Promise.all([
        service().holdJobs({ ids }),
        service().cancelJobs({ ids: [...ids].reverse() }),
        service().deleteJobs({ filter: { queue: "default" }, limit: 300 }),
        work(),
      ])

      for (const { matched, done, refused } of [held, canceled]) {
        expect(done + refused.reduce((sum, { count }) => sum + count, 0)).toBe(matched)
        expect(matched).toBe(1500)
      }
      const records = await sql<{ action: string; count: number }>(
        "select action, count(*)::int as count from jobqueue_action group by 1"
      )
      expect(Object.fromEntries(records.map(({ action, count }) => [action, count]))).toMatchObject(
        Object.fromEntries(
          [held, canceled, deleted].filter(({ done }) => done > 0).map(({ action, done }) => [action, done])
        )
      )
      expect(performed).toHaveLength(ran)
    })

    it("workers of other processes are woken for the queues that have work again", async () => {
      const ids = await enqueue(2, { queue: "orders" })
      await put(ids, "held")
      const client = new Client({ connectionString: clientUrl() })
      await client.connect()
      const woken = new Promise((resolve) => client.on("notification", ({ payload }) => resolve(payload)))
      await client.query(`listen ${WAKE_CHANNEL}`)

      await service().releaseJobs({ ids })

      expect(await woken).toBe("orders")
      await client.end()
    })
  })

  describe("a hundred thousand jobs", () => {
    it("are done by filter, in batches that keep nobody waiting", async () => {
      const [model] = await enqueue(1, { queue: "orders" })
      await sql(
        `with ids as materialized (select nextval('jobqueue_job_id_seq') as id from generate_series(2, $2::int)),
        request as (
          insert into jobqueue_request select (r).* from (
            select jsonb_populate_record(r, jsonb_build_object('id', ids.id)) as r
            from jobqueue_request r, ids where r.id = $1) one)
        insert into jobqueue_live select (l).* from (
          select jsonb_populate_record(l, jsonb_build_object('id', ids.id, 'seq', ids.id)) as l
          from jobqueue_live l, ids where l.id = $1) one`,
        [model, MANY]
      )

      const acting = service().holdJobs({ filter: { queue: "orders" } }, { reason: "stop all" })
      let isOver = false
      void acting.finally(() => (isOver = true))
      const waits: number[] = []
      while (!isOver) {
        const began = performance.now()
        await service().enqueue(Scripted, {}, { queue: "mails" })
        await work("mails")
        waits.push(performance.now() - began)
      }

      expect(await acting).toMatchObject({ matched: MANY, done: MANY, refused: [] })
      expect((await acting).ids).toHaveLength(1000)
      expect(await sql("select count(*)::int as count from jobqueue_live where state = 'held'")).toEqual([
        { count: MANY },
      ])
      expect(waits.length).toBeGreaterThan(3)
      expect(Math.max(...waits)).toBeLessThan(3000)
    })
  })
})
