/** Unique jobs: who gets which job when a key is taken, and who waits for whom. */
import { Client } from "@medusajs/framework/pg"
import type { JobState, UniqueOptions } from "../../src"
import { jobRegistry } from "../../src/modules/jobqueue/job/registry"
import { Gate, performed, script, Scripted } from "./jobs"
import { jobqueueModule } from "./runner"

/** Its key comes from the payload. */
class Keyed extends Scripted {
  static override identifier = "test.keyed"
  static unique = { key: ({ n }: { n?: number }) => (n === undefined ? null : `n${n}`) }
}

jobqueueModule({}, ({ service, work, sql, clientUrl, entityManager }) => {
  const enqueue = (n: number, unique: Partial<UniqueOptions> = {}, options = {}) =>
    service().enqueue(Scripted, { n }, { ...options, unique: { key: "k", ...unique } })
  const stateOf = async (id: string) => (await service().retrieveJob(id)).state
  const count = async () => (await sql<{ n: number }>("select count(*)::int as n from jobqueue_request"))[0].n

  /** A job with the key that runs until the gate opens. */
  const running = async (options: Partial<UniqueOptions> = {}) => {
    const gate = new Gate()
    script.steps = [() => gate.pass(), () => undefined]
    const job = await enqueue(1, options)
    const done = work()
    await gate.arrived
    return { job, end: () => (gate.open(), done) }
  }

  /** A job with the key in that state. */
  const inState = async (state: JobState) => {
    const job = await enqueue(1, {}, state === "scheduled" ? { delay: "1h" } : {})
    if (["completed", "failed", "canceled"].includes(state)) {
      script.steps = [
        ({ outcomes }) =>
          state === "failed" ? outcomes.fail("no") : state === "canceled" ? outcomes.cancel("no") : undefined,
      ]
      await work()
    } else {
      await sql("update jobqueue_live set state = $1, claim = 1 where id = $2", [state, job.id])
    }
    expect(await stateOf(job.id)).toBe(state)
    return job
  }

  beforeEach(() => {
    performed.length = 0
    script.steps = [() => undefined]
    jobRegistry().register(Keyed, "the tests")
  })

  describe("a unique key", () => {
    it("makes one job of many, and the others are answered with it", async () => {
      const first = await enqueue(1)
      const second = await enqueue(2)

      expect(first).toMatchObject({ deduplicated: false, unique_key: "k", payload: { n: 1 } })
      expect(second).toEqual({ ...first, deduplicated: true })
      expect(await service().retrieveJob(first.id)).toMatchObject({ unique_key: "k", payload: { n: 1 } })
      expect(await count()).toBe(1)
    })

    it("is one of its identifier: other keys, other identifiers and no key at all stay apart", async () => {
      const jobs = [
        await enqueue(1),
        await enqueue(1, { key: "other" }),
        await service().enqueue("test.orders", { order_id: "1" }, { unique: { key: "k" } }),
        await service().enqueue(Scripted, {}),
        await service().enqueue(Scripted, {}),
      ]
      expect(new Set(jobs.map(({ id }) => id)).size).toBe(5)
      expect(jobs.map(({ deduplicated }) => deduplicated)).toEqual(Array(5).fill(false))
    })

    it.each<[JobState, boolean]>([
      ["scheduled", true],
      ["pending", true],
      ["running", true],
      ["retrying", true],
      ["waiting", true],
      ["held", true],
      ["completed", false],
      ["failed", false],
      ["canceled", false],
    ])(
      "of a %s job is taken by default: %s; named in `while` always, alone never others",
      async (state, taken) => {
        const job = await inState(state)
        expect((await enqueue(2, { while: [state] })).id).toBe(job.id)
        const other: JobState = state === "held" ? "failed" : "held"
        expect((await enqueue(3, { while: [state, other] })).id).toBe(job.id)
        expect((await enqueue(4)).deduplicated).toBe(taken)
        const latest = await enqueue(5, { while: ["waiting"], onConflict: "return" })
        expect(latest.deduplicated).toBe(state === "waiting")
      }
    )

    it("is kept by a completed job too within a time, which counts from its enqueue", async () => {
      const job = await inState("completed")
      expect(await enqueue(2, { within: "10m" })).toMatchObject({ id: job.id, deduplicated: true })

      await sql("update jobqueue_outcome set created_at = now() - interval '11 minutes'")
      const next = await enqueue(3, { within: "10m" })
      expect(next).toMatchObject({ deduplicated: false })
      await sql("update jobqueue_live set created_at = now() - interval '11 minutes'")
      expect(await enqueue(4, { within: "10m", while: ["pending"] })).toMatchObject({ deduplicated: false })
      expect(await enqueue(5, { within: "10m", while: ["running"] })).toMatchObject({ deduplicated: false })
    })

    it("is given back by a failed job, also within the time", async () => {
      await inState("failed")
      expect(await enqueue(2, { within: "1d" })).toMatchObject({ deduplicated: false })
    })

    it("comes from the class where the call says nothing", async () => {
      const first = await service().enqueue(Keyed, { n: 1 })
      expect(await service().enqueue("test.keyed", { n: 1 })).toMatchObject({
        id: first.id,
        deduplicated: true,
        unique_key: "n1",
      })
      expect((await service().enqueue(Keyed, { n: 2 })).id).not.toBe(first.id)
      expect(await service().enqueue(Keyed, {})).toMatchObject({ unique_key: null, deduplicated: false })
      expect((await service().enqueue(Keyed, {})).deduplicated).toBe(false)
    })

    it("goes with its job: deleted, pruned, or completed and not kept", async () => {
      const keys = () => sql("select key from jobqueue_unique")
      const { id } = await enqueue(1)
      await service().deleteJob(id)
      expect(await keys()).toEqual([])

      await service().enqueue(Scripted, {}, { unique: { key: "forgotten" }, keep: false })
      await work()
      expect(await keys()).toEqual([])
      await expect(enqueue(1, { within: 1000 }, { keep: false })).rejects.toThrow("is not kept")
    })
  })

  describe("onConflict", () => {
    it("error names the job that has the key, and writes nothing", async () => {
      const { id } = await enqueue(1)
      await expect(enqueue(2, { onConflict: "error" })).rejects.toMatchObject({
        type: "not_allowed",
        message: expect.stringContaining(`job ${id} has its unique key "k"`),
      })
      expect(await count()).toBe(1)
    })

    it("replace gives a job its limit of attempts for a restart too, whatever retries raised before", async () => {
      script.steps = [({ outcomes }) => outcomes.fail("no")]
      const { id } = await enqueue(1, {}, { maxAttempts: 1 })
      await work()
      expect(await service().retryJob(id)).toMatchObject({ attempts: 1, max_attempts: 2 })

      expect(await enqueue(2, { onConflict: "replace" }, { maxAttempts: 5 })).toMatchObject({
        id,
        max_attempts: 5,
      })

      expect(await service().restartJob(id)).toMatchObject({ attempts: 0, max_attempts: 5 })
    })

    it("replace gives a waiting job all that is new, and leaves its id", async () => {
      const resource = [
        { type: "order", id: "1" },
        { type: "order", id: "2" },
      ]
      const first = await enqueue(1, {}, { delay: "1h", resource: { type: "order", id: "0" } })
      const options = { name: "second", priority: 10, tags: ["new"], maxAttempts: 3, resource, timeout: 500 }
      const second = await enqueue(2, { onConflict: "replace" }, options)

      expect(second).toMatchObject({
        id: first.id,
        deduplicated: true,
        state: "pending",
        payload: { n: 2 },
        name: "second",
        priority: 10,
        tags: ["new"],
        max_attempts: 3,
        timeout: 500,
        resource_id: "1",
        resources: resource,
        created_at: first.created_at,
      })
      await work()
      expect(performed).toEqual([{ id: first.id, attempt: 1, payload: { n: 2 } }])
      expect(await enqueue(3, { onConflict: "replace", while: ["completed"] })).toMatchObject({
        id: first.id,
        payload: { n: 2 },
      })
    })

    it("reschedule moves the time of a waiting job and nothing else: debounce", async () => {
      const runAt = new Date("2099-01-31T08:00:00Z")
      const first = await enqueue(1)
      const later = await enqueue(2, { onConflict: "reschedule" }, { runAt, priority: 10 })
      expect(later).toMatchObject({
        id: first.id,
        state: "scheduled",
        run_at: runAt,
        payload: { n: 1 },
        priority: 100,
      })
      expect(await work()).toBe(0)

      expect(await enqueue(3, { onConflict: "reschedule" })).toMatchObject({ id: first.id, state: "pending" })
      expect(await work()).toBe(1)
    })

    it("reschedule leaves a retrying job retrying, and a held one held", async () => {
      const { id } = await inState("retrying")
      await sql("update jobqueue_live set attempts = 1")
      expect(await enqueue(2, { onConflict: "reschedule" }, { delay: "1h" })).toMatchObject({
        id,
        state: "retrying",
      })
      await sql("update jobqueue_live set state = 'held'")
      expect(await enqueue(2, { onConflict: "reschedule" })).toMatchObject({ id, state: "held" })
      expect(await enqueue(2, { onConflict: "replace" })).toMatchObject({
        id,
        state: "held",
        payload: { n: 2 },
      })
    })

    it("after lets exactly one follow a running job, also of 100 calls at once", async () => {
      const { job, end } = await running()
      const calls = Array.from({ length: 100 }, (_, n) => enqueue(n + 2, { onConflict: "after" }))
      const followers = await Promise.all(calls)

      const ids = new Set(followers.map(({ id }) => id))
      expect(ids.size).toBe(1)
      const [id] = ids
      expect(id).not.toBe(job.id)
      expect(followers.filter(({ deduplicated }) => !deduplicated)).toHaveLength(1)
      expect(followers[0]).toMatchObject({ id, state: "scheduled" })

      await service().workScheduled({ queue: "default", budget: 50 })
      expect([await stateOf(id), performed.length]).toEqual(["scheduled", 1])
      await end()
      await work()
      expect(performed.map((one) => one.id)).toEqual([job.id, id])
      expect(await stateOf(id)).toBe("completed")
    })

    it("after is answered with a job that has not begun yet", async () => {
      const first = await enqueue(1)
      expect(await enqueue(2, { onConflict: "after" })).toMatchObject({ id: first.id, deduplicated: true })
    })

    it.each(["replace", "reschedule"] as const)(
      "%s of a running job loses nothing: one more follows it",
      async (onConflict) => {
        const { job, end } = await running()
        const second = await enqueue(2, { onConflict })
        const third = await enqueue(3, { onConflict })

        expect(second).toMatchObject({ deduplicated: false, state: "scheduled", payload: { n: 2 } })
        expect(third).toMatchObject({
          id: second.id,
          deduplicated: true,
          state: "scheduled",
          payload: { n: onConflict === "replace" ? 3 : 2 },
        })
        await end()
        await work()
        expect(performed.map(({ id }) => id)).toEqual([job.id, second.id])
      }
    )
  })

  describe("enqueueMany", () => {
    const many = (...requests: [number, Partial<UniqueOptions> | null][]) =>
      service().enqueueMany(
        Scripted,
        requests.map(([n, unique]) => ({
          payload: { n },
          ...(unique && { unique: { key: "k", ...unique } }),
        }))
      )

    it("answers in order where keys come twice, are taken, or are none", async () => {
      const taken = await enqueue(0, { key: "taken" })
      const jobs = await many([1, {}], [2, null], [3, {}], [4, { key: "taken" }], [5, { key: "b" }])

      expect(jobs.map(({ payload }) => payload)).toEqual([{ n: 1 }, { n: 2 }, { n: 1 }, { n: 0 }, { n: 5 }])
      expect(jobs.map(({ deduplicated }) => deduplicated)).toEqual([false, false, true, true, false])
      expect([jobs[2].id, jobs[3].id]).toEqual([jobs[0].id, taken.id])
      expect(await count()).toBe(4)
    })

    it("replaces what an earlier request of the same call wrote", async () => {
      const jobs = await many([1, {}], [2, { onConflict: "replace" }])
      expect(jobs).toMatchObject([
        { payload: { n: 2 }, deduplicated: false },
        { payload: { n: 2 }, deduplicated: true },
      ])
      expect(await count()).toBe(1)
    })

    it("writes nothing when one key is refused", async () => {
      await enqueue(1, { key: "taken" })
      await expect(many([2, {}], [3, null], [4, { key: "taken", onConflict: "error" }])).rejects.toThrow(
        "job"
      )
      expect(await count()).toBe(1)
      expect(await sql("select key from jobqueue_unique")).toEqual([{ key: "taken" }])
    })

    it("of the same keys in opposite orders never deadlocks", async () => {
      const keys = ["a", "b", "c", "d"]
      const calls = Array.from({ length: 20 }, (_, n) => {
        const order = n % 2 ? keys : [...keys].reverse()
        return service().enqueueMany(
          Scripted,
          order.map((key) => ({ payload: {}, unique: { key } }))
        )
      })
      await Promise.all(calls)
      expect(await count()).toBe(4)
    })
  })

  describe("a transaction", () => {
    it("that rolls back frees the key, and one that commits keeps it", async () => {
      const inTransaction = (fails: boolean) =>
        entityManager().transactional(async (transactionManager) => {
          const options = { unique: { key: "k" } }
          const jobs = await Promise.all([
            service().enqueue(Scripted, {}, options, { transactionManager }),
            service().enqueue(Scripted, {}, options, { transactionManager }),
          ])
          expect(new Set(jobs.map(({ id }) => id)).size).toBe(1)
          if (fails) {
            throw new Error("changed my mind")
          }
        })
      await expect(inTransaction(true)).rejects.toThrow("changed my mind")
      expect(await count()).toBe(0)
      await inTransaction(false)

      expect(await enqueue(2)).toMatchObject({ deduplicated: true })
      expect(await work()).toBe(1)
    })

    it("that catches a refused key goes on, and leaves no trace of it", async () => {
      await enqueue(1, { key: "taken" })
      await entityManager().transactional(async (transactionManager) => {
        const unique = { onConflict: "error" } as const
        const refused = service().enqueueMany(
          Scripted,
          [
            { payload: {}, unique: { key: "free", ...unique } },
            { payload: {}, unique: { key: "taken", ...unique } },
          ],
          { transactionManager }
        )
        await expect(refused).rejects.toThrow("has its unique key")
        await service().enqueue(Scripted, {}, {}, { transactionManager })
      })
      expect(await count()).toBe(2)
      expect(await sql("select key from jobqueue_unique")).toEqual([{ key: "taken" }])
    })

    it("keeps a waiting job from being claimed until its caller has committed", async () => {
      const job = await enqueue(1)
      await entityManager().transactional(async (transactionManager) => {
        await service().enqueue(Scripted, {}, { unique: { key: "k" } }, { transactionManager })
        expect(await work()).toBe(0)
      })
      expect(await work()).toBe(1)
      expect(performed.map(({ id }) => id)).toEqual([job.id])
    })

    it("of a stranger that holds a key stalls neither other keys nor plain enqueues nor claims nor settles", async () => {
      const { job, end } = await running({ key: "other" })
      const stranger = new Client({ connectionString: clientUrl() })
      await stranger.connect()
      await stranger.query("begin")
      const held = ["other", "k0", "k1", "k2", "k3"]
      for (const key of held) {
        await service().enqueue(Scripted, { n: 7 }, { unique: { key } }, { transaction: stranger })
      }

      const begun = performance.now()
      const stuck = Array.from({ length: 40 }, (_, n) => enqueue(n, { key: `k${n % 4}` }))
      const free = Array.from({ length: 25 }, (_, n) => enqueue(n, { key: `free${n}` }))
      await Promise.all([service().enqueue(Scripted, { n: 1 }), ...free])
      await end()
      expect(await stateOf(job.id)).toBe("completed")
      expect(await work()).toBe(0) // the run that ended has taken them already
      expect(performed).toHaveLength(1 + 1 + 25)
      expect(performance.now() - begun).toBeLessThan(5000)

      await stranger.query("rollback")
      await stranger.end()
      const ids = new Set((await Promise.all(stuck)).map(({ id }) => id))
      expect(ids.size).toBe(4)
    })
  })

  it("gives way to another transaction where both wait for each other, and tries again", async () => {
    await enqueue(1, { key: "a" }, { delay: "1h" })
    await enqueue(1, { key: "b" }, { delay: "1h" })
    const stranger = new Client({ connectionString: clientUrl() })
    await stranger.connect()
    await stranger.query("begin")
    await stranger.query("select from jobqueue_unique where key = 'b' for update")
    const call = service().enqueueMany(
      Scripted,
      ["a", "b"].map((key) => ({ payload: { n: 2 }, unique: { key } }))
    )
    await stranger.query("select from jobqueue_unique where key = 'a' for update")
    await stranger.query("commit")
    await stranger.end()

    expect((await call).map(({ deduplicated }) => deduplicated)).toEqual([true, true])
  })

  it.each<[string, object, string]>([
    ["no key", {}, "unique.key"],
    ["an empty key", { key: "" }, "unique.key"],
    ["an unknown state", { key: "k", while: ["done"] }, "unique.while.0"],
    ["no state", { key: "k", while: [] }, "unique.while"],
    ["an unknown way", { key: "k", onConflict: "skip" }, "unique.onConflict"],
    ["a wrong duration", { key: "k", within: "10 min" }, "unique.within"],
  ])("%s gets a clear error", async (_, unique, path) => {
    await expect(service().enqueue(Scripted, {}, { unique: unique as never })).rejects.toMatchObject({
      type: "invalid_data",
      message: expect.stringContaining(path),
    })
    expect(await count()).toBe(0)
  })
})
