/**
 * The specification: a job's life in a real Medusa shop, from an order to the admin. The shop is this repository
 * with its demo subscriber, which sends each order to the ERP and a mail to the customer.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import {
  AbstractJob,
  JOBQUEUE,
  JobEvents,
  type JobContext,
  type JobQueueService,
  type RetrievedJob,
} from "../src"
import { jobRegistry } from "../src/modules/jobqueue/job/registry"
import SendOrderToErp from "../src/queue-jobs/demo/send-order-to-erp"
import { adminHeaders } from "./shop/admin"
import { openShop, type TestShop } from "./shop/checkout"
import { BOOKED, startErp } from "./shop/erp"
import { until } from "./until"

jest.setTimeout(120_000)

const erp = startErp()

/** What the shop's own job classes saw while they were performed. */
const seen: { store: string | undefined; current: string | undefined; parent: string | undefined }[] = []

class LookAround extends AbstractJob<{ again?: boolean; fails?: boolean; token?: string }> {
  static identifier = "test.look-around"
  static redact = ["token"]
  async perform({ container, store, context }: JobContext) {
    seen.push({
      store: store?.id,
      current: container.resolve<{ id: string } | null>("currentStore")?.id,
      parent: context.parent_job_id,
    })
    if (this.payload.again) {
      await new LookAround({}).enqueue(container)
    }
    return this.payload.fails ? this.fail("it was asked to") : undefined
  }
}

// The runner reads the shop's configuration before it applies an `env` of its own.
const OUTBOX = mkdtempSync(join(tmpdir(), "jobqueue-outbox-"))
Object.assign(process.env, { DEMO_ERP_URL: erp.url, DEMO_OUTBOX: OUTBOX })

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let container: MedusaContainer
    let jobqueue: JobQueueService
    let shop: TestShop
    let admin: { headers: Record<string, string> }

    beforeAll(async () => {
      container = getContainer()
      jobqueue = container.resolve(JOBQUEUE)
      shop = await openShop(container, api)
      admin = await adminHeaders(container)
      jobRegistry().register(LookAround, "the tests")
    })

    beforeEach(() => {
      jest.restoreAllMocks()
      erp.answer = () => BOOKED
      seen.length = 0
    })

    afterAll(async () => {
      await erp.stop()
      rmSync(OUTBOX, { recursive: true, force: true })
    })

    /** The job of an order, as soon as it is in the given state. */
    const jobOf = (orderId: string, identifier: string, state: string): Promise<RetrievedJob> =>
      until(`${identifier} of ${orderId} is ${state}`, async () => {
        const { data } = await get(`jobs?resource_type=order&resource_id=${orderId}&identifier=${identifier}`)
        const job = (data.jobs as { id: string; state: string }[])[0]
        return job?.state === state && jobqueue.retrieveJob(job.id)
      })

    const finished = (id: string): Promise<RetrievedJob> =>
      until(`job ${id} is finished`, async () => {
        const job = await jobqueue.retrieveJob(id)
        return (job.finished_at !== null || job.state === "held") && job
      })

    const get = (path: string, config: object = admin) =>
      api.get(`/admin/jobqueue/${path}`, { ...config, validateStatus: () => true }) as Promise<{
        status: number
        data: Record<string, unknown>
      }>
    const post = (path: string) =>
      api.post(`/admin/jobqueue/${path}`, {}, { ...admin, validateStatus: () => true }) as Promise<{
        status: number
        data: Record<string, unknown>
      }>

    it("an order that is placed becomes jobs, performed outside the request in the context of its store", async () => {
      const [europe] = shop.stores
      const orderId = await shop.order(europe)

      const job = await jobOf(orderId, SendOrderToErp.identifier, "completed")

      expect(job).toMatchObject({
        name: expect.stringMatching(/^Order #\d+ to ERP$/),
        queue: "orders",
        attempts: 1,
        store_id: europe.store_id,
        store_assumed: false,
        resource_type: "order",
        resource_id: orderId,
        context: {
          sales_channel_id: europe.sales_channel_id,
          region_id: europe.region_id,
          currency_code: "eur",
          event: { name: "order.placed" },
        },
        result: {
          done: expect.stringContaining("ERP-1"),
          store_id: europe.store_id,
          current_store_id: europe.store_id,
          sales_channel_id: europe.sales_channel_id,
        },
      })
    })

    it("two jobs that run at the same time each see their own store", async () => {
      let arrived = 0
      let meet: () => void = () => undefined
      const met = new Promise<void>((resolve) => (meet = resolve))
      erp.answer = async () => {
        if (++arrived === 2) {
          meet()
        }
        await met
        return BOOKED
      }
      const [europe, us] = shop.stores
      const orders = [await shop.order(europe), await shop.order(us)]

      const jobs = await Promise.all(orders.map((id) => jobOf(id, SendOrderToErp.identifier, "completed")))

      expect(jobs.map(({ result }) => (result as { current_store_id: string }).current_store_id)).toEqual(
        shop.stores.map(({ store_id }) => store_id)
      )
    })

    it("a job says how far it has come and what it does, while it runs and afterwards", async () => {
      let book: () => void = () => undefined
      const booked = new Promise<void>((resolve) => (book = resolve))
      erp.answer = async () => {
        await booked
        return BOOKED
      }
      const orderId = await shop.order(shop.stores[0])

      const { id } = await jobOf(orderId, SendOrderToErp.identifier, "running")
      const shown = await until("its progress is shown", async () => {
        const { data } = await get(`jobs/${id}`)
        const job = data.job as RetrievedJob
        return job.progress !== null && job
      })
      expect(shown).toMatchObject({
        state: "running",
        progress: { done: 1, total: 2, note: "sent, not booked yet", attempt: 1 },
        log: [{ attempt: 1, line: 1, message: "sending to the ERP", data: { customer: expect.any(String) } }],
      })

      book()
      const { progress } = await jobOf(orderId, SendOrderToErp.identifier, "completed")
      expect(progress).toMatchObject({ done: 2, total: 2 })
    })

    it("a job that throws is tried again, fails at its limit, keeps each error, and a person can retry it", async () => {
      erp.answer = () => ({ status: 422, body: { message: "unknown SKU" } })
      const orderId = await shop.order(shop.stores[1])

      const failed = await jobOf(orderId, SendOrderToErp.identifier, "failed")
      expect(failed).toMatchObject({ attempts: 4, max_attempts: 4, reason: "failed at attempt 4 of 4" })
      expect(failed.failed_attempts.map(({ error_message }) => error_message)).toEqual(
        Array.from({ length: 4 }, () => "ERP answered 422: unknown SKU")
      )

      erp.answer = () => BOOKED
      const { status, data } = await post(`jobs/${failed.id}/retry`)
      expect(status).toBe(200)
      // A worker may have it before the answer is read.
      expect(["pending", "running", "completed"]).toContain((data.job as { state: string }).state)

      const completed = await jobOf(orderId, SendOrderToErp.identifier, "completed")
      expect(completed.attempts).toBe(5)
      expect(completed.failed_attempts).toHaveLength(4)
      expect(completed.actions).toEqual([
        expect.objectContaining({ action: "retry", from_state: "failed", actor_type: "user" }),
      ])
    })

    it("a job that fails for good is told on Medusa's event bus", async () => {
      const heard: unknown[] = []
      const bus = container.resolve(Modules.EVENT_BUS)
      bus.subscribe(JobEvents.FAILED, ({ data }) => Promise.resolve(void heard.push(data)), {
        subscriberId: "test",
      })
      const { id } = await jobqueue.enqueue(LookAround, { fails: true })

      await until("a subscriber hears of it", () => heard.length > 0)

      expect(heard).toEqual([expect.objectContaining({ id, state: "failed", reason: "it was asked to" })])
    })

    it("a job that a job enqueues inherits its store", async () => {
      const [, us] = shop.stores
      const { id } = await jobqueue.enqueue(LookAround, { again: true }, { store: us.store_id })
      await until("both jobs have run", () => seen.length === 2)

      expect(seen).toEqual([
        { store: us.store_id, current: us.store_id, parent: undefined },
        { store: us.store_id, current: us.store_id, parent: id },
      ])
    })

    it("a job of which nothing tells the store gets the oldest one, and says that this is assumed", async () => {
      const job = await jobqueue.enqueue(LookAround, {})

      expect(job).toMatchObject({ store_id: shop.stores[0].store_id, store_assumed: true })
    })

    it("a job whose store was deleted meanwhile is held with that reason", async () => {
      const stores = container.resolve(Modules.STORE)
      const gone = await stores.createStores({
        name: "Gone",
        supported_currencies: [{ currency_code: "eur", is_default: true }],
      })
      const { id } = await jobqueue.enqueue(LookAround, {}, { store: gone.id, delay: "1h" })
      await stores.deleteStores(gone.id)
      const now = performance.now.bind(performance)
      jest.spyOn(performance, "now").mockImplementation(() => now() + 6000) // a store may be 5 s old in a process
      await jobqueue.retryJob(id)

      expect(await finished(id)).toMatchObject({
        state: "held",
        attempts: 0,
        reason: `its store ${gone.id} no longer exists`,
      })
      expect(seen).toEqual([])
    })

    it("a job for a store that never was is refused at once", async () => {
      await expect(jobqueue.enqueue(LookAround, {}, { store: "store_nowhere" })).rejects.toThrow(
        'there is no store "store_nowhere"'
      )
    })

    it("of 32 that are enqueued at once, those that can't be are refused alone, each with its own error", async () => {
      const bad: Record<number, [object, string]> = {
        3: [{ store: "store_nowhere" }, 'there is no store "store_nowhere"'],
        12: [{ name: "a\u0000b" }, "name: has a U+0000"],
        25: [{ delay: -1 }, "delay"],
      }
      const answers = await Promise.allSettled(
        Array.from({ length: 32 }, (_, n) =>
          jobqueue.enqueue(LookAround, {}, { tags: [`at-once-${n}`], ...bad[n]?.[0] })
        )
      )
      const written = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []))
      const refused = answers.flatMap((answer, n) =>
        answer.status === "rejected" ? [[n, String(answer.reason)]] : []
      )

      expect(refused).toEqual(
        Object.entries(bad).map(([n, [, error]]) => [Number(n), expect.stringContaining(error)])
      )
      expect(written.map(({ tags }) => tags)).toEqual(
        answers.flatMap((_, n) => (n in bad ? [] : [[`at-once-${n}`]]))
      )
      const finals = await Promise.all(written.map(({ id }) => finished(id)))
      expect(finals.map(({ state, attempts }) => [state, attempts])).toEqual(
        written.map(() => ["completed", 1])
      )
    })

    it("query.graph reads jobs like everything else of the shop", async () => {
      const { id } = await jobqueue.enqueue(LookAround, {}, { name: "Look", delay: "1h" })
      const query = container.resolve(ContainerRegistrationKeys.QUERY)

      const { data } = await query.graph({
        entity: "jobqueue_job",
        fields: ["id", "name", "state", "payload"],
        filters: { id },
      })

      expect(data).toEqual([expect.objectContaining({ id, name: "Look", state: "scheduled", payload: {} })])
    })

    it("what a class hides is shown neither by query.graph nor by the admin's routes", async () => {
      const { id } = await jobqueue.enqueue(LookAround, { token: "s3cret" }, { delay: "1h" })
      const query = container.resolve(ContainerRegistrationKeys.QUERY)
      const graph = async (fields: string[]) =>
        (await query.graph({ entity: "jobqueue_job", fields, filters: { id } })).data[0]

      const shown = [await graph(["*"]), await graph(["id", "payload"]), (await get(`jobs/${id}`)).data.job]
      expect(shown.map(({ payload }) => payload)).toEqual(Array(3).fill({ token: "[redacted]" }))
    })

    describe("the admin's routes", () => {
      it("need an authenticated admin", async () => {
        for (const path of ["jobs", "jobs/1", "counts", "settings"]) {
          expect((await get(path, {})).status).toBe(401)
        }
      })

      it("list, count and show jobs", async () => {
        const { id } = await jobqueue.enqueue(LookAround, {}, { delay: "1h", name: "Find me" })

        const list = await get("jobs?q=Find%20me&state=scheduled")
        expect(list.data).toMatchObject({
          count: 1,
          count_capped: false,
          offset: 0,
          limit: 20,
          jobs: [{ id }],
        })
        const counts = await get("counts")
        expect(counts.data).toMatchObject({ counts: { scheduled: { capped: false } } })
        expect((await get(`jobs/${id}`)).data).toMatchObject({ job: { id, name: "Find me", payload: {} } })
      })

      it("answer nonsense with 400 or 404 and a clear message, never with 500", async () => {
        for (const [path, status] of [
          ["jobs?limit=-1", 400],
          ["jobs?limit=1000000", 400],
          ["jobs?offset=999999999", 400],
          ["jobs?state=broken", 400],
          ["jobs?state[$ne]=failed", 400],
          ["jobs?unknown=1", 400],
          ["jobs?after=%00", 400],
          ["jobs?q=%00", 400],
          ["jobs/abc", 404],
          ["jobs/99999999999999999999", 404],
          ["jobs/1%27%20or%201=1", 404],
        ] as const) {
          const answer = await get(path)
          expect([path, answer.status]).toEqual([path, status])
          expect(String(answer.data.message)).not.toMatch(/select|syntax/i)
        }
      })

      it("refuse what the job's state does not allow, and change nothing", async () => {
        const { id } = await jobqueue.enqueue(LookAround, {})
        await finished(id)

        expect(await post(`jobs/${id}/cancel`)).toMatchObject({ status: 400, data: { type: "not_allowed" } })
        expect((await jobqueue.retrieveJob(id)).state).toBe("completed")
      })

      it("cancel and delete", async () => {
        const { id } = await jobqueue.enqueue(LookAround, {}, { delay: "1h" })

        expect((await post(`jobs/${id}/cancel`)).data).toMatchObject({ job: { id, state: "canceled" } })
        const { data } = await api.delete(`/admin/jobqueue/jobs/${id}`, admin)
        expect(data).toEqual({ id, object: "jobqueue_job", deleted: true })
        expect((await get(`jobs/${id}`)).status).toBe(404)
      })
    })
  },
})
