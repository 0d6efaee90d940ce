/** What a person does to one job: what each action makes of a job of each state, and the record of who did it. */
import { JOB_ACTIONS, JOB_STATES, LEGAL_ACTIONS, type JobAction } from "../../src/modules/jobqueue/job/states"
import type { JobState, RetrievedJob } from "../../src"
import { Gate, performed, script, Scripted } from "./jobs"
import { jobqueueModule } from "./runner"

const ANNA = { type: "user", id: "user_anna" }
const BY_ANNA = { actor: ANNA, reason: "the ERP is up again" }
const FINISHED = ["completed", "failed", "canceled"]
const TABLES = ["request", "live", "outcome", "attempt", "action"]

const VERBS = {
  retry: "retryJob",
  restart: "restartJob",
  release: "releaseJob",
  hold: "holdJob",
  clone: "cloneJob",
  cancel: "cancelJob",
  delete: "deleteJob",
} as const

/** What each action makes of a job, as docs/states.md says. The job had 3 attempts of 3, and 2 failed ones are kept. */
function changed(action: JobAction, state: JobState): Partial<RetrievedJob> {
  const fresh = { state: "pending" as const, reason: null, finished_at: null, result: null }
  switch (action) {
    case "retry":
    case "release":
      return { ...fresh, attempts: 3, max_attempts: 4 }
    case "restart":
      return { ...fresh, attempts: 0, max_attempts: 3 }
    case "hold":
      return { state: "held", reason: BY_ANNA.reason, attempts: 3, max_attempts: 3 }
    case "cancel":
      return state === "running"
        ? { state: "running", reason: BY_ANNA.reason, attempts: 3 }
        : { state: "canceled", reason: BY_ANNA.reason, attempts: 3, max_attempts: 3, result: null }
    case "clone":
      return { attempts: 0, max_attempts: 3, reason: null, result: null, finished_at: null }
    case "delete":
      return {}
  }
}

jobqueueModule({ queues: { orders: {} } }, ({ service, work, sql }) => {
  beforeEach(() => {
    performed.length = 0
    script.steps = []
  })

  /** A job that stands in the given state with a past, as its rows would. */
  async function jobIn(state: JobState): Promise<string> {
    const options = { maxAttempts: 3, name: "Order 7", queue: "orders", tags: ["vip"], priority: 50 }
    const resource = { type: "order", id: "order_7" }
    const { id } = await service().enqueue(Scripted, { n: 7 }, { ...options, resource })
    await sql(
      `update jobqueue_live set state = $2, attempts = 3, crashes = 1, refunds = 2, claim = 4000000001,
        worker = case when $2 = 'running' then 4 end, claimed_at = now(), reason = 'before',
        run_at = case when $2 = 'scheduled' then now() + interval '1 hour' else run_at end
      where id = $1`,
      [id, FINISHED.includes(state) ? "running" : state]
    )
    await sql(
      `insert into jobqueue_attempt (job_id, claim, attempt, outcome, worker, started_at, finished_at, error_message)
      select $1, n, n, 'retrying', 'past', now(), now(), 'attempt ' || n from generate_series(1, 2) n`,
      [id]
    )
    if (FINISHED.includes(state)) {
      await sql(
        `with gone as (delete from jobqueue_live where id = $1 returning *)
        insert into jobqueue_outcome (id, claim, worker, state, attempts, max_attempts, priority, queue, identifier,
          created_at, run_at, started_at, finished_at, result, reason)
        select id, claim, worker, $2, attempts, max_attempts, priority, queue, identifier, created_at, run_at,
          claimed_at, now(), '{"sent": 1}', reason from gone`,
        [id, state]
      )
    }
    return id
  }

  const rows = () => Promise.all(TABLES.map((table) => sql(`select * from jobqueue_${table} order by 1, 2`)))
  const act = (action: JobAction, id: string): Promise<object> => service()[VERBS[action]](id, BY_ANNA)
  const recordsOf = (id: string) =>
    sql("select from_state, actor_id, reason from jobqueue_action where job_id = $1", [id])

  async function expectRefused(action: JobAction, state: JobState, id: string): Promise<void> {
    const before = await rows()
    await expect(act(action, id)).rejects.toMatchObject({
      type: "not_allowed",
      message: expect.stringMatching(`job ${id} is ${state}, so it can't be .+; only .+ jobs can`),
    })
    expect(await rows()).toEqual(before)
  }

  async function expectDone(action: JobAction, state: JobState, id: string): Promise<void> {
    expect({ from: state, ...(await act(action, id)) }).toMatchObject({
      from: state,
      ...changed(action, state),
    })
    expect(await recordsOf(id)).toEqual([{ from_state: state, actor_id: ANNA.id, reason: BY_ANNA.reason }])
    if (action !== "delete") {
      const { failed_attempts } = await service().retrieveJob(id)
      expect(failed_attempts.map((one) => one.error_message)).toEqual(["attempt 2", "attempt 1"])
    }
  }

  describe("an action", () => {
    it.each(JOB_ACTIONS)(
      "%s does to a job of each state what the table of moves says, or changes nothing",
      async (action) => {
        const bystander = await service().enqueue(Scripted, {})
        for (const state of JOB_STATES) {
          const id = await jobIn(state)
          await (LEGAL_ACTIONS[action].includes(state) ? expectDone : expectRefused)(action, state, id)
        }
        expect(await service().retrieveJob(bystander.id)).toMatchObject({ state: "pending", actions: [] })
      }
    )
  })

  describe("retry and restart", () => {
    it("a retry gives a job at its limit one more attempt and keeps its history; a restart begins anew and keeps it too", async () => {
      script.steps = [() => Promise.reject(new Error("ERP is down"))]
      const { id } = await service().enqueue(Scripted, {}, { maxAttempts: 1 })
      await work()
      await service().retryJob(id, ANNA)
      await work()
      expect(await service().retrieveJob(id)).toMatchObject({ state: "failed", attempts: 2, max_attempts: 2 })
      await service().retryJob(id)
      await work()
      expect(await service().retrieveJob(id)).toMatchObject({ state: "failed", attempts: 3, max_attempts: 3 })

      expect(await service().restartJob(id, BY_ANNA)).toMatchObject({
        state: "pending",
        attempts: 0,
        max_attempts: 1,
      })
      await work()

      const job = await service().retrieveJob(id)
      expect(job).toMatchObject({ state: "failed", attempts: 1, max_attempts: 1 })
      expect(job.failed_attempts.map(({ attempt }) => attempt)).toEqual([1, 3, 2, 1])
      expect(job.actions).toMatchObject([
        { action: "restart", from_state: "failed", to_state: "pending", reason: BY_ANNA.reason, batch: null },
        { action: "retry", from_state: "failed", to_state: "pending", actor_id: null, reason: null },
        { action: "retry", actor_id: ANNA.id },
      ])
    })

    it("a restarted job that had completed is performed again", async () => {
      script.steps = [() => "sent"]
      const { id } = await service().enqueue(Scripted, {})
      await work()
      await service().restartJob(id)
      await work()

      expect(performed).toHaveLength(2)
      expect(await service().retrieveJob(id)).toMatchObject({
        state: "completed",
        attempts: 1,
        result: "sent",
      })
    })

    it("a retried job is no suspect any more, and has all its refunds back", async () => {
      const id = await jobIn("held")
      await service().retryJob(id)

      expect(await sql("select crashes, refunds from jobqueue_live where id = $1", [id])).toEqual([
        { crashes: 0, refunds: 0 },
      ])
    })
  })

  describe("hold and release", () => {
    it("a held job is not performed until somebody lets it go, then at once and with all attempts that it had", async () => {
      const { id } = await service().enqueue(Scripted, {}, { delay: "1h" })
      expect(
        await service().holdJob(id, { reason: "wait for the new price list", actor: ANNA })
      ).toMatchObject({
        state: "held",
        reason: "wait for the new price list",
      })
      await sql("update jobqueue_live set run_at = now() - interval '1 minute'")
      await work()
      expect(performed).toEqual([])

      expect(await service().releaseJob(id, ANNA)).toMatchObject({
        state: "pending",
        reason: null,
        attempts: 0,
      })
      await work()

      expect((await service().retrieveJob(id)).state).toBe("completed")
    })

    it("without a reason the job says that a person holds it", async () => {
      const { id } = await service().enqueue(Scripted, {})

      expect(await service().holdJob(id)).toMatchObject({ state: "held", reason: "held by a person" })
    })

    it("a job that held itself at its last attempt gets one more, so that it is never pending beyond its limit", async () => {
      script.steps = [(job) => job.outcomes.hold("no shipping address"), () => "sent"]
      const { id } = await service().enqueue(Scripted, {}, { maxAttempts: 1 })
      await work()

      expect(await service().releaseJob(id)).toMatchObject({ attempts: 1, max_attempts: 2 })
      await work()
      expect(await service().retrieveJob(id)).toMatchObject({ state: "completed", attempts: 2 })
    })
  })

  describe("clone", () => {
    it("enqueues the same request as a job of its own, and leaves the first as it is", async () => {
      const id = await jobIn("failed")
      await service().retryJob(id)
      const before = await service().retrieveJob(id)

      const copy = await service().cloneJob(id, BY_ANNA)

      const { payload, context, queue, priority, name, tags, resource_id, backoff, timeout, store_id } =
        before
      expect(copy).toMatchObject({
        payload,
        context,
        queue,
        priority,
        name,
        tags,
        backoff,
        timeout,
        store_id,
      })
      expect(copy).toMatchObject({ resource_id, state: "pending", attempts: 0, max_attempts: 3 })
      expect(copy.id).not.toBe(id)
      expect(copy.failed_attempts).toEqual([])
      expect(copy.actions).toMatchObject([{ action: "clone", related_job_id: id, actor_id: ANNA.id }])
      const { actions, ...source } = await service().retrieveJob(id)
      expect(source).toEqual({ ...before, actions: undefined })
      expect(actions[0]).toMatchObject({ action: "clone", to_state: "pending", related_job_id: copy.id })
      expect(await work("orders")).toBe(2)
    })

    it("of a running job is performed beside it", async () => {
      const gate = new Gate()
      script.steps = [() => gate.pass(), () => "second"]
      const { id } = await service().enqueue(Scripted, {})
      const working = work()
      await gate.arrived

      const copy = await service().cloneJob(id)
      await work()
      expect(await service().retrieveJob(copy.id)).toMatchObject({ state: "completed", result: "second" })
      expect((await service().retrieveJob(id)).state).toBe("running")
      gate.open()
      await working
    })

    it("has all that the first is about, and not its unique key", async () => {
      const resource = [
        { type: "order", id: "order_1" },
        { type: "cart", id: "cart_1" },
      ]
      const first = await service().enqueue(Scripted, {}, { resource, unique: { key: "one" } })

      const copy = await service().cloneJob(first.id)

      expect(copy).toMatchObject({ resources: resource, unique_key: null })
      const found = await service().listJobs({ resource_type: "cart", resource_id: "cart_1" }, { limit: 10 })
      expect(found.jobs.map(({ id }) => id)).toEqual([copy.id, first.id])
    })

    it("of a job that waits for its time waits for the same time", async () => {
      const { id, run_at } = await service().enqueue(Scripted, {}, { delay: "1h" })

      expect(await service().cloneJob(id)).toMatchObject({ state: "scheduled", run_at })
    })
  })

  describe("delete", () => {
    it("leaves nothing but the record of who did it", async () => {
      const id = await jobIn("failed")
      await service().deleteJob(id, BY_ANNA)

      const [request, live, outcome, attempt, action] = await rows()
      expect([request, live, outcome, attempt]).toEqual([[], [], [], []])
      expect(action).toMatchObject([
        { action: "delete", to_state: null, actor_type: "user", actor_id: ANNA.id },
      ])
    })
  })

  describe("a person's reason", () => {
    it.each([["a\u0000b"], ["\ud800"], ["x".repeat(1001)], [7 as never]])(
      "that can't be kept is refused, and nothing is done (%j)",
      async (reason) => {
        const { id } = await service().enqueue(Scripted, {})

        await expect(service().holdJob(id, { reason })).rejects.toMatchObject({ type: "invalid_data" })
        expect(await service().retrieveJob(id)).toMatchObject({ state: "pending", actions: [] })
      }
    )
  })
})
