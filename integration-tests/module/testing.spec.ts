/** What a shop's own tests use: `drain`, the fake clock, `expectEnqueued`, and the mode `inline`. */
import { AbstractJob, type JobQueueService } from "../../src"
import { jobRegistry } from "../../src/modules/jobqueue/job/registry"
import {
  drain,
  expectEnqueued,
  expectNotEnqueued,
  FailingJob,
  fakeClock,
  NoopJob,
  SlowJob,
} from "../../src/testing"
import { Orders, performed, script, Scripted } from "./jobs"
import { jobqueueModule } from "./runner"

/** Enqueues another job while it is performed. */
class Parent extends AbstractJob<{ children: number }> {
  static identifier = "test.parent"

  async perform() {
    const service = children.service
    const requests = Array.from({ length: this.payload.children }, (_, n) => ({ payload: { n } }))
    await service?.enqueueMany(Scripted, requests)
  }
}

class Secretive extends AbstractJob<{ token: string }> {
  static identifier = "test.secretive"
  static redact = ["token"]

  perform() {
    return { length: this.payload.token.length }
  }
}

const children: { service: Pick<JobQueueService, "enqueueMany"> | undefined } = {
  service: undefined,
}

function registerAll(): void {
  for (const job of [Parent, Secretive, NoopJob, FailingJob, SlowJob]) {
    jobRegistry().register(job as typeof Parent, "the tests")
  }
}

jobqueueModule({}, ({ service, sql }) => {
  beforeAll(registerAll)
  beforeEach(() => {
    performed.length = 0
    script.steps = []
    children.service = service()
  })

  describe("drain", () => {
    it("performs what is pending in every queue, and what those jobs enqueue", async () => {
      await service().enqueue(Parent, { children: 3 })
      await service().enqueue(Orders, { order_id: "order_1" })

      expect(await drain(service())).toBe(5)

      const counts = await service().countJobs()
      expect(counts.completed.count).toBe(5)
      expect(counts.pending.count).toBe(0)
    })

    it("performs only the queue that is named", async () => {
      await service().enqueue(Orders, { order_id: "order_1" })
      await service().enqueue(Scripted, { n: 1 })

      expect(await drain(service(), { queue: "orders" })).toBe(1)

      expect((await service().countJobs({ queue: "default" })).pending.count).toBe(1)
    })

    it("leaves what waits for its time, and an identifier that this process does not know", async () => {
      await service().enqueue(Scripted, { n: 1 }, { delay: "1h" })
      await service().enqueue("test.elsewhere", {}, { queue: "default" })

      expect(await drain(service())).toBe(0)

      expect(await service().countJobs()).toMatchObject({ scheduled: { count: 1 }, pending: { count: 1 } })
    })

    it("goes on until all are finished, moving the clock from one due job to the next", async () => {
      const retried = await service().enqueue(FailingJob, { times: 3 })
      const failed = await service().enqueue(FailingJob, {}, { maxAttempts: 4 })
      const delayed = await service().enqueue(NoopJob, {}, { delay: "30d" })

      await drain(service(), { until: "finished" })

      expect(await service().retrieveJob(retried.id)).toMatchObject({ state: "completed", attempts: 4 })
      expect(await service().retrieveJob(failed.id)).toMatchObject({ state: "failed", attempts: 4 })
      expect(await service().retrieveJob(delayed.id)).toMatchObject({ state: "completed" })
    })

    it("ends a test in which a job never ends", async () => {
      script.steps = [(job) => job.outcomes.snooze("1h")]
      await service().enqueue(Scripted, {})

      await expect(drain(service(), { until: "finished", limit: 20 })).rejects.toThrow(
        /expected the queues to be drained by 20 attempts/
      )
    })

    it("says what it expects when it is given something else", async () => {
      await expect(drain({})).rejects.toThrow("expected a container that resolves the module `jobqueue`")
    })
  })

  describe("the fake clock", () => {
    it("makes a job due when its time has passed, and not before", async () => {
      const clock = fakeClock(service())
      await service().enqueue(Scripted, { n: 1 }, { delay: "2h" })

      await clock.advance("1h")
      expect(await drain(service())).toBe(0)
      await clock.advance("1h")
      expect(await drain(service())).toBe(1)
    })

    it("moves to a moment, and never back", async () => {
      const clock = fakeClock(service())
      const moment = new Date(Date.now() + 86_400_000)
      await service().enqueue(Scripted, { n: 1 }, { runAt: moment })

      await clock.advanceTo(new Date(moment.getTime() + 1000))

      expect(await drain(service())).toBe(1)
      await expect(clock.advanceTo(new Date())).rejects.toThrow(/the clock is at .* and can't go back to/)
    })

    it("ages what is kept, so that retention can be tested", async () => {
      const { id } = await service().enqueue(NoopJob, {})
      await drain(service())

      await fakeClock(service()).advance("8d")

      const [{ old }] = await sql<{ old: boolean }>(
        "select finished_at < now() - interval '7 days' as old from jobqueue_outcome where id = $1",
        [id]
      )
      expect(old).toBe(true)
    })
  })

  describe("expectEnqueued", () => {
    it("answers the job that matches, by parts of it, by matchers and by a function", async () => {
      const { id } = await service().enqueue(
        Orders,
        { order_id: "order_7" },
        { name: "Order 7", tags: ["a"] }
      )
      await service().enqueue(Orders, { order_id: "order_8" })
      const container = service()

      const byPayload = await expectEnqueued(Orders, { payload: { order_id: "order_7" } }, container)
      const byMatcher = await expectEnqueued(
        Orders,
        { name: expect.stringContaining("7") as string, queue: "orders" },
        container
      )
      const byFunction = await expectEnqueued(Orders, ({ tags }) => tags.includes("a"), container)

      expect([byPayload.id, byMatcher.id, byFunction.id]).toEqual([id, id, id])
    })

    it("tells what was enqueued instead", async () => {
      await service().enqueue(Orders, { order_id: "order_8" })

      const expecting = expectEnqueued(Orders, { payload: { order_id: "order_7" } }, service())

      await expect(expecting).rejects.toThrow(
        /expected a job "test.orders" that matches [^]*order_7[^]*found only:\n {2}#\d+ pending in orders: \{"order_id":"order_8"\}/
      )
      await expect(expectEnqueued(Scripted, {}, service())).rejects.toThrow("found none at all")
    })

    it("has an opposite", async () => {
      await service().enqueue(Orders, { order_id: "order_8" })

      await expectNotEnqueued(Orders, { payload: { order_id: "order_7" } }, service())
      await expect(expectNotEnqueued(Orders, {}, service())).rejects.toThrow(/expected no job "test.orders"/)
    })
  })

  describe("the sample jobs", () => {
    it("do nothing, fail, or take their time until they are aborted", async () => {
      const noop = await service().enqueue(NoopJob, { any: "thing" })
      const failing = await service().enqueue(FailingJob, { message: "on purpose" })
      const quick = await service().enqueue(SlowJob, { milliseconds: 1 })
      const slow = await service().enqueue(SlowJob, { milliseconds: 60_000 }, { timeout: 20, maxAttempts: 1 })

      await drain(service())

      expect(await service().retrieveJob(noop.id)).toMatchObject({ state: "completed" })
      expect(await service().retrieveJob(failing.id)).toMatchObject({
        state: "retrying",
        failed_attempts: [{ error_message: "on purpose" }],
      })
      expect(await service().retrieveJob(quick.id)).toMatchObject({ state: "completed" })
      expect(await service().retrieveJob(slow.id)).toMatchObject({
        state: "failed",
        failed_attempts: [{ error_name: "Timeout" }],
      })
    })
  })
})

jobqueueModule({ mode: "inline" }, ({ service, entityManager }) => {
  beforeAll(registerAll)
  beforeEach(() => {
    performed.length = 0
    script.steps = []
    children.service = service()
  })

  describe("mode inline", () => {
    it("performs a job before its enqueue returns, and answers it as it is then", async () => {
      const job = await service().enqueue(Orders, { order_id: "order_1" })

      expect(job).toMatchObject({ state: "completed", attempts: 1, result: { sent: "order_1" } })
      expect(performed).toHaveLength(1)
    })

    it("performs many, each once, also when calls come together", async () => {
      const requests = Array.from({ length: 20 }, (_, n) => ({ payload: { n } }))
      const calls = await Promise.all([1, 2, 3].map(() => service().enqueueMany(Scripted, requests)))

      expect(calls.flat().map(({ state }) => state)).toEqual(Array(60).fill("completed"))
      expect(performed).toHaveLength(60)
    })

    it("performs what a job enqueues before that job goes on", async () => {
      const job = await service().enqueue(Parent, { children: 15 })

      expect(job.state).toBe("completed")
      expect(performed).toHaveLength(15)
    })

    it("answers a job that failed as one that will be tried again", async () => {
      const job = await service().enqueue(FailingJob, { message: "no ERP" })

      expect(job).toMatchObject({ state: "retrying", attempts: 1 })
    })

    it("answers a job that keeps nothing as completed", async () => {
      expect(await service().enqueue(NoopJob, {}, { keep: false })).toMatchObject({ state: "completed" })
    })

    it("answers no secret of the payload, as an enqueue of the other mode", async () => {
      const job = await service().enqueue(Secretive, { token: "abc123" })

      expect(job).toMatchObject({ state: "completed", payload: { token: "[redacted]" } })
    })

    it("leaves jobs that wait for their time", async () => {
      expect(await service().enqueue(Scripted, {}, { delay: "1h" })).toMatchObject({ state: "scheduled" })
      expect(performed).toHaveLength(0)
    })

    it("performs after the commit what was enqueued in a transaction", async () => {
      let enqueued = ""
      await entityManager().transactional(async (manager) => {
        const job = await service().enqueue(Scripted, { n: 1 }, {}, { transaction: manager })
        enqueued = job.id
        expect(job.state).toBe("pending")
        expect(performed).toHaveLength(0)
      })

      await drain(service())
      expect(performed).toEqual([{ id: enqueued, attempt: 1, payload: { n: 1 } }])
      expect(await service().retrieveJob(enqueued)).toMatchObject({ state: "completed" })
    })
  })
})
