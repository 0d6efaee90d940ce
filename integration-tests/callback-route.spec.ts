/** POST /hooks/jobqueue/:token in a real shop: what a third party that answers to a waiting job sees. */
import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, MedusaError } from "@medusajs/framework/utils"
import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { AbstractJob, JOBQUEUE, type JobContext, type JobQueueService, type RetrievedJob } from "../src"
import { jobRegistry } from "../src/modules/jobqueue/job/registry"
import { callbackMiddlewares } from "../src/api/hooks/jobqueue/middlewares"
import { receiveCallbackWorkflow } from "../src/workflows/receive-callback"
import { adminHeaders } from "./shop/admin"
import { Gate } from "./module/jobs"
import { until } from "./until"

jest.setTimeout(120_000)

const tokens = new Map<string, string>()
const decide: { onCallback: (data: unknown, context: JobContext) => unknown } = { onCallback: (data) => data }

class AskErp extends AbstractJob<object> {
  static identifier = "test.ask-erp"

  async perform({ callback }: JobContext) {
    tokens.set(String(this.id), (await callback()).token)
    return this.waitForCallback({ timeout: "2h" })
  }

  override async onCallback(data: unknown, context: JobContext) {
    const decided = await decide.onCallback(data, context)
    return decided === "keep waiting" ? this.waitForCallback({ timeout: "1h" }) : (decided as string)
  }
}

/** What a sender gets: each request comes from a network address of its own, unless it says which. */
interface Sent {
  status: number
  body: { message?: string; type?: string }
  headers: Record<string, unknown>
}
let callers = 0

medusaIntegrationTestRunner({
  testSuite: ({ api, getContainer }) => {
    let container: MedusaContainer
    let jobqueue: JobQueueService
    let admin: { headers: Record<string, string> }

    beforeAll(async () => {
      container = getContainer()
      jobqueue = container.resolve(JOBQUEUE)
      admin = await adminHeaders(container)
      jobRegistry().register(AskErp, "the tests")
    })

    beforeEach(() => {
      jest.restoreAllMocks()
      decide.onCallback = (data) => data
    })

    async function waitingJob(): Promise<{ id: string; token: string }> {
      const { id } = await jobqueue.enqueue(AskErp, {})
      await until(`job ${id} waits`, async () => (await jobqueue.retrieveJob(id)).state === "waiting")
      return { id, token: String(tokens.get(id)) }
    }

    const send = async (
      token: string,
      body: unknown = undefined,
      { from = `10.0.0.${++callers}`, type = "application/json", method = "post" } = {}
    ): Promise<Sent> => {
      const { status, data, headers } = await api.request({
        url: `/hooks/jobqueue/${token}`,
        method,
        data: body,
        headers: { "content-type": type, "x-forwarded-for": from },
        transformRequest: (raw: unknown) => raw,
        validateStatus: () => true,
      })
      return { status, body: data as Sent["body"], headers: headers as Sent["headers"] }
    }

    const job = (id: string): Promise<RetrievedJob> => jobqueue.retrieveJob(id)

    it("resolves the job with the body as data; a second use is gone", async () => {
      const { id, token } = await waitingJob()
      const { data } = await api.get(`/admin/jobqueue/jobs/${id}`, admin)
      expect(data.job).toMatchObject({ state: "waiting", waiting_until: expect.any(String) })

      expect(await send(token, JSON.stringify({ sent: "yes" }))).toMatchObject({
        status: 200,
        body: { message: "Received." },
      })
      expect(await job(id)).toMatchObject({ state: "completed", result: { sent: "yes" } })
      expect((await job(id)).actions).toEqual([
        expect.objectContaining({ action: "resolve", actor_type: "callback", from_state: "waiting" }),
      ])
      expect(await send(token, JSON.stringify({ sent: "again" }))).toMatchObject({ status: 410 })
      expect((await job(id)).result).toEqual({ sent: "yes" })
    })

    it("takes an empty body for null, and JSON whatever its content type says", async () => {
      const empty = await waitingJob()
      expect((await send(empty.token)).status).toBe(200)
      expect(await job(empty.id)).toMatchObject({ state: "completed", result: null })

      const form = await waitingJob()
      expect((await send(form.token, "[1]", { type: "text/plain" })).status).toBe(200)
      expect((await job(form.id)).result).toEqual([1])
    })

    it("performs onCallback in the job's store context", async () => {
      decide.onCallback = (_, { store, container: scope }) => [
        store?.id,
        scope.resolve<{ id: string }>("currentStore").id,
      ]
      const { id, token } = await waitingJob()
      await send(token)

      const { store_id, result } = await job(id)
      expect(store_id).toMatch(/^store_/)
      expect(result).toEqual([store_id, store_id])
    })

    it("answers what is no JSON, can't be stored or is too large with 400, and the job waits on", async () => {
      const { id, token } = await waitingJob()

      for (const body of [
        "{",
        "undefined",
        '"\\u0000"',
        "\ud800",
        Buffer.from([0x22, 0xff, 0x22]),
        `"${"x".repeat(70_000)}"`,
      ]) {
        const answer = await send(token, body)
        expect([answer.status, answer.body.type]).toEqual([400, "invalid_data"])
      }
      expect((await job(id)).state).toBe("waiting")
      expect((await send(token, '"now"')).status).toBe(200)
    })

    it("tells nothing of addresses that never were", async () => {
      for (const token of ["A".repeat(43), "x", "%27%20or%201=1", "A".repeat(5000)]) {
        expect(await send(token, "{}")).toMatchObject({
          status: 404,
          body: { type: "not_found", message: "jobqueue: there is no such callback address." },
        })
      }
    })

    it("knows no other method, so that a link that somebody opens changes nothing", async () => {
      const { id, token } = await waitingJob()

      for (const method of ["get", "put", "delete", "patch"]) {
        expect([404, 405]).toContain((await send(token, undefined, { method })).status)
      }
      expect((await job(id)).state).toBe("waiting")
    })

    it("is gone for a job that a person has canceled, retried or deleted", async () => {
      const [canceled, retried, deleted] = [await waitingJob(), await waitingJob(), await waitingJob()]
      await jobqueue.cancelJob(canceled.id)
      await jobqueue.retryJob(retried.id)
      await jobqueue.deleteJob(deleted.id)

      expect((await send(canceled.token)).status).toBe(410)
      expect((await send(retried.token)).status).toBe(410)
      expect((await send(deleted.token)).status).toBe(404)
    })

    it("goes on serving while onCallback keeps the job waiting", async () => {
      decide.onCallback = (data) => (data === "done" ? "sent" : "keep waiting")
      const { id, token } = await waitingJob()

      expect((await send(token, '"working"')).status).toBe(200)
      expect((await job(id)).state).toBe("waiting")
      expect((await send(token, '"done"')).status).toBe(200)
      expect(await job(id)).toMatchObject({ state: "completed", result: "sent" })
    })

    it("answers an exception of onCallback with a neutral 500; the job waits, and the next try succeeds", async () => {
      const errors: unknown[] = []
      jest
        .spyOn(container.resolve<Logger>(ContainerRegistrationKeys.LOGGER), "error")
        .mockImplementation((...told: unknown[]) => void errors.push(...told.map(String)))
      decide.onCallback = () => Promise.reject(new Error("select secret from erp"))
      const { id, token } = await waitingJob()

      const failed = await send(token, "{}")
      expect(failed).toMatchObject({ status: 500, headers: { "retry-after": "10" } })
      expect(JSON.stringify(failed.body)).not.toMatch(/secret|select|stack| at /)
      expect((await job(id)).state).toBe("waiting")
      expect(errors.join("\n")).toContain(`test.ask-erp #${id}`)
      expect(errors.join("\n")).not.toContain(token)

      decide.onCallback = () => "sent"
      expect((await send(token, "{}")).status).toBe(200)
      expect((await job(id)).result).toBe("sent")
    })

    it("answers 409 while another callback of the job is being handled", async () => {
      const gate = new Gate()
      decide.onCallback = () => gate.pass()
      const { token } = await waitingJob()
      const first = send(token, "{}")
      await gate.arrived

      expect(await send(token, "{}")).toMatchObject({ status: 409, headers: { "retry-after": "1" } })
      gate.open()
      expect((await first).status).toBe(200)
    })

    it("lets a shop's own hook refuse a callback, and the job waits on", async () => {
      receiveCallbackWorkflow.hooks.validate(({ input }) => {
        if (input.data === "unsigned") {
          throw new MedusaError(MedusaError.Types.NOT_ALLOWED, "It is not signed.")
        }
      })
      const { id, token } = await waitingJob()

      expect(await send(token, '"unsigned"')).toMatchObject({
        status: 400,
        body: { message: "It is not signed." },
      })
      expect((await job(id)).state).toBe("waiting")
      expect((await send(token, '"signed"')).status).toBe(200)
    })

    it("limits one network address, and says when it may come again; others still may", async () => {
      const flood = await Promise.all(
        Array.from({ length: 320 }, () => send("x", "{}", { from: "192.0.2.1" }))
      )
      const refused = flood.filter(({ status }) => status === 429)

      expect(flood.filter(({ status }) => status === 404)).toHaveLength(300)
      expect(refused).toHaveLength(20)
      expect(Number(refused[0].headers["retry-after"])).toBeGreaterThan(0)
      const { token } = await waitingJob()
      expect((await send(token, "{}", { from: "192.0.2.1" })).status).toBe(429)
      expect((await send(token, "{}")).status).toBe(200)
    })

    it("keeps the token out of the access log", () => {
      const [{ middlewares, matcher, methods }] = callbackMiddlewares
      const req = { originalUrl: "/hooks/jobqueue/secret" }
      const next = jest.fn()
      const [hide] = middlewares as unknown as ((...given: unknown[]) => void)[]
      hide(req, {}, next)

      expect({ matcher, methods }).toEqual({ matcher: "/hooks/jobqueue/:token", methods: undefined })
      expect(req.originalUrl).toBe("/hooks/jobqueue/[token]")
      expect(next).toHaveBeenCalledTimes(1)
    })
  },
})
