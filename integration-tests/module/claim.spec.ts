/** Claim, fence, rescue, prune: several processes on one table. Each process here is a backend of its own. */
import { PostgresBackend } from "../../src/modules/jobqueue/backend/postgres"
import { Claimer } from "../../src/modules/jobqueue/lifecycle/claim"
import { prune } from "../../src/modules/jobqueue/maintenance/prune"
import { claimStatement, type ClaimKind } from "../../src/modules/jobqueue/table/claim"
import type { ClaimedJob } from "../../src/modules/jobqueue/table/claimed-job"
import { PROMOTE, promoteDue } from "../../src/modules/jobqueue/table/promote"
import { rescueOrphans } from "../../src/modules/jobqueue/table/rescue"
import type { Conclusion, Settlement } from "../../src/modules/jobqueue/table/settle"
import { registerWorker } from "../../src/modules/jobqueue/table/workers"
import { Control } from "../../src/modules/jobqueue/worker/control"
import { Suspects } from "../../src/modules/jobqueue/worker/suspects"
import { Scripted } from "./jobs"
import { jobqueueModule } from "./runner"

const KNOWN = [Scripted.identifier]
const QUIET = { debug() {}, warn() {} } as never

jobqueueModule({}, ({ service, sql, database }) => {
  /** A worker process of its own, as far as the table knows. */
  async function startProcess(pid = 1) {
    const own = database()
    const description = { host: "test", pid, version: "0", queues: ["default"], identifiers: KNOWN }
    const worker = await registerWorker(own, description)
    const backend = new PostgresBackend(own)
    const claimer = new Claimer(backend, worker, { logger: QUIET, priorities: [10, 100, 500] })
    return {
      worker,
      backend,
      claimer,
      database: own,
      claim: (limit: number, kind: ClaimKind = "direct") =>
        claimer.claim({ queue: "default", identifiers: KNOWN, limit, kind }),
    }
  }

  const enqueue = (n: number) =>
    service().enqueueMany(
      Scripted,
      Array.from({ length: n }, () => ({ payload: {} }))
    )
  const kill = (worker: number) =>
    sql("update jobqueue_worker set lease_until = now() - interval '1 second' where id = $1", [worker])
  /** By a process of its own, which lives. */
  const rescue = async () => rescueOrphans(database(), (await startProcess(99)).worker)
  const stateOf = async (id: string) => (await service().retrieveJob(id)).state

  describe("claim", () => {
    it("gives each job to exactly one of many claims at the same time", async () => {
      const jobs = await enqueue(100)
      const processes = await Promise.all(Array.from({ length: 8 }, (_, pid) => startProcess(pid)))

      const claimed: ClaimedJob[] = []
      for (let round = 0; round < 10; round++) {
        claimed.push(...(await Promise.all(processes.map(({ claim }) => claim(7)))).flat())
      }

      expect(claimed.map(({ job }) => Number(job.id)).sort((a, b) => a - b)).toEqual(
        jobs.map(({ id }) => Number(id))
      )
      expect(claimed.every(({ job }) => job.attempts === 1)).toBe(true)
    })

    it("takes lower priorities first, and equal ones in the order in which they became ready", async () => {
      const [low, first, high, second] = await service().enqueueMany(
        Scripted,
        [500, 100, 10, 100].map((priority) => ({ payload: {}, priority }))
      )
      const { claim } = await startProcess()

      expect((await claim(3)).map(({ job }) => job.id)).toEqual([high.id, first.id, second.id])
      expect((await claim(3)).map(({ job }) => job.id)).toEqual([low.id])
    })

    it("finds the first job of all, though its process had taken its bearings before that job came", async () => {
      await sql("alter sequence jobqueue_ready_seq restart")
      const { claimer, backend, worker, claim } = await startProcess()
      claimer.lastSeq = (await backend.bearings(worker)).lastSeq
      expect(await claim(1)).toEqual([])
      const [{ id }] = await enqueue(1)

      expect((await claim(1)).map(({ job }) => job.id)).toEqual([id])
    })

    it("uses its index, also with 100,000 rows that may not be taken", async () => {
      await sql(`insert into jobqueue_live (id, seq, run_at, created_at, updated_at, state, queue, identifier, priority, max_attempts)
        select n, n, now(), now(), now(), (array['held', 'scheduled', 'pending'])[n % 3 + 1], 'q' || n % 2, 'test.scripted', 100, 1
        from generate_series(1, 100000) n`)
      await sql("analyze jobqueue_live")

      const full = await planOf(claimStatement("direct", 500, false).text, [1, 1, "q1", KNOWN])
      const levels = await planOf(claimStatement("prefetch", 500, true).text, [1, 1, "q1", KNOWN, [100], [0]])
      expect(full).toContain("Index Scan using IDX_jobqueue_live_ready")
      expect(levels).toContain("Index Scan using IDX_jobqueue_live_ready")
      expect(await planOf(PROMOTE, [])).toContain("Index Scan using IDX_jobqueue_live_timed")
      expect(`${full}${levels}`).not.toMatch(/Seq Scan|Sort Key: .*seq.*\n.*Index Scan/)
    })

    async function planOf(statement: string, values: unknown[]): Promise<string> {
      const rows = await sql<{ "QUERY PLAN": string }>(`explain ${statement}`, values)
      return rows.map((row) => row["QUERY PLAN"].replaceAll('"', "")).join("\n")
    }
  })

  describe("claim of suspects", () => {
    /** Rescued from a process that had begun them, one claim after the other. */
    async function rescued(count: number) {
      const jobs = await enqueue(count)
      const { claim, worker } = await startProcess()
      for (const _ of jobs) {
        await claim(1)
      }
      await kill(worker)
      await rescue()
      return jobs.map(({ id }) => id)
    }
    const idsOf = (jobs: readonly ClaimedJob[]) => jobs.map(({ job }) => job.id)
    const waitLong = (id: string) =>
      sql("update jobqueue_live set updated_at = now() - interval '3 seconds' where id = $1", [id])

    it("takes the last begun first", async () => {
      const ids = await rescued(3)
      const { claim } = await startProcess(2)

      expect(idsOf(await claim(3, "suspect"))).toEqual(ids.reverse())
    })

    it("tells those that have waited long, and those whose process died more often, from the rest", async () => {
      const [overdue, repeated, fresh] = await rescued(3)
      await waitLong(overdue)
      await sql("update jobqueue_live set crashes = 2 where id = $1", [repeated])
      const { claim, backend, worker } = await startProcess(2)

      expect((await backend.bearings(worker)).suspects).toEqual(
        expect.arrayContaining([
          { queue: "default", isRepeated: false, isOverdue: true },
          { queue: "default", isRepeated: true, isOverdue: false },
        ])
      )
      expect(idsOf(await claim(3))).toEqual([])
      expect(idsOf(await claim(3, "overdue"))).toEqual([overdue])
      expect(idsOf(await claim(3, "suspect"))).toEqual([fresh])
      expect(idsOf(await claim(3, "repeated"))).toEqual([repeated])
      expect((await backend.bearings(worker)).suspects).toEqual([])
    })

    it("gives each to exactly one of many claims at the same time", async () => {
      const ids = await rescued(12)
      await Promise.all(ids.map(waitLong))
      const processes = await Promise.all(Array.from({ length: 4 }, (_, pid) => startProcess(pid)))

      const claims = processes.flatMap(({ claim }) => [claim(1, "suspect"), claim(4, "overdue")])
      const claimed = (await Promise.all(claims)).flat()

      expect(idsOf(claimed).sort()).toEqual([...ids].sort())
    })
  })

  describe("look", () => {
    it("tells that a lease has run out", async () => {
      const { backend, worker } = await startProcess()
      const other = await startProcess(2)
      expect((await backend.bearings(worker)).hasLapsed).toBe(false)

      await kill(other.worker)
      expect((await backend.bearings(worker)).hasLapsed).toBe(true)
    })
  })

  describe("promote", () => {
    it("makes due jobs pending and leaves the others", async () => {
      const due = await service().enqueue(Scripted, {}, { delay: "1h" })
      const later = await service().enqueue(Scripted, {}, { delay: "2h" })
      await sql("update jobqueue_live set run_at = run_at - interval '90 minutes'")

      expect(await promoteDue(database())).toEqual(new Map([["default", 1]]))
      expect([await stateOf(due.id), await stateOf(later.id)]).toEqual(["pending", "scheduled"])
    })
  })

  describe("settle", () => {
    it("is refused for a job that was rescued meanwhile, whatever it brings", async () => {
      const [{ id }] = await enqueue(1)
      const stale = await startProcess(1)
      const [held] = await stale.claim(1)
      await kill(stale.worker)
      await rescue()
      const other = await startProcess(2)
      await other.claim(1, "suspect")

      for (const state of ["completed", "failed", "retrying", "held", "pending"] as const) {
        expect(await stale.backend.settle([settlement(held, state)], true)).toEqual(
          new Map([[held.id, "refused"]])
        )
      }
      expect(await stateOf(id)).toBe("running")
    })

    it("may be sent again when its answer was lost", async () => {
      await enqueue(2)
      const { claim, backend } = await startProcess()
      const [one, two] = await claim(2)
      const batch = [settlement(one, "completed"), settlement(two, "retrying")]

      expect(await backend.settle(batch, false)).toEqual(new Map())
      expect(await backend.settle(batch, true)).toEqual(new Map())
      expect(await stateOf(one.job.id)).toBe("completed")
    })

    it("keeps the errors of the last 20 attempts", async () => {
      const [{ id }] = await enqueue(1)
      await sql("update jobqueue_live set max_attempts = 1000")
      const { claim, backend } = await startProcess()
      for (let attempt = 1; attempt <= 25; attempt++) {
        const [job] = await claim(1)
        const error = { name: "Error", message: `attempt ${attempt}`, stack: null }
        await backend.settle([settlement(job, "retrying", error)], false)
        await promoteDue(database())
      }

      const { failed_attempts } = await service().retrieveJob(id)
      expect(failed_attempts.map(({ attempt }) => attempt)).toEqual(
        Array.from({ length: 20 }, (_, n) => 25 - n)
      )
    })
  })

  describe("rescue", () => {
    it("returns the jobs of a dead process, and leaves those of a living one", async () => {
      const [dead, alive] = await enqueue(2)
      const first = await startProcess(1)
      const second = await startProcess(2)
      await first.claim(1)
      await second.claim(1)
      await kill(first.worker)

      const { dead: names } = await rescue()

      expect(names).toEqual(["test:1"])
      expect(await stateOf(alive.id)).toBe("running")
      const job = await service().retrieveJob(dead.id)
      expect(job).toMatchObject({ state: "pending", attempts: 1 })
      expect(job.failed_attempts).toEqual([
        expect.objectContaining({ error_name: "WorkerLost", worker: "test:1" }),
      ])
    })

    it("fails a job that was at its last attempt", async () => {
      const [{ id }] = await service().enqueueMany(Scripted, [{ payload: {}, maxAttempts: 1 }])
      const { claim, worker } = await startProcess()
      await claim(1)
      await kill(worker)

      await rescue()

      expect(await service().retrieveJob(id)).toMatchObject({
        state: "failed",
        failed_attempts: [{ outcome: "failed" }],
      })
    })

    it("finds what a claim took that committed only after its process was declared dead", async () => {
      const [{ id }] = await enqueue(1)
      const { worker } = await startProcess()
      await kill(worker)
      await rescue()
      await sql(
        "update jobqueue_live set state = 'running', worker = $1, claim = 1, attempts = 1, claimed_at = now()",
        [worker]
      )

      await rescue()

      expect(await stateOf(id)).toBe("pending")
    })

    it("leaves nothing to claim for the dead process itself", async () => {
      const [{ id }] = await enqueue(1)
      const { claim, worker } = await startProcess()
      await kill(worker)
      await rescue()

      expect(await claim(1)).toEqual([])
      expect(await stateOf(id)).toBe("pending")
    })

    it("happens once, however many processes rescue at the same time", async () => {
      await enqueue(16)
      const { claim, worker } = await startProcess()
      await claim(16)
      await kill(worker)

      const rescued = await Promise.all(Array.from({ length: 4 }, () => rescue()))

      expect(rescued.flatMap(({ jobs }) => jobs)).toHaveLength(16)
      expect(await sql("select from jobqueue_attempt")).toHaveLength(16)
    })
  })

  describe("control", () => {
    it("gives back, uncounted, what a claim took whose answer was lost", async () => {
      const [{ id }] = await enqueue(1)
      const { claimer, backend, claim } = await startProcess()
      await claim(1) // the answer of this one never reaches a worker
      const control = new Control(backend, new Suspects(), QUIET)
      const holdsNothing = () => ({ runs: [], ahead: [] })

      await control.look(claimer, holdsNothing)
      expect(await stateOf(id)).toBe("running")
      await control.look(claimer, holdsNothing)

      expect(await service().retrieveJob(id)).toMatchObject({ state: "pending", attempts: 0 })
    })
  })

  describe("prune", () => {
    it("deletes finished jobs when their time is over, each state after its own", async () => {
      const day = 86_400_000
      const jobs = await enqueue(4)
      const { claim, backend } = await startProcess()
      const [old, fresh, failed] = await claim(3)
      await backend.settle(
        [settlement(old, "completed"), settlement(fresh, "completed"), settlement(failed, "failed")],
        false
      )
      await sql("update jobqueue_outcome set finished_at = now() - interval '8 days' where id <> $1", [
        fresh.id,
      ])

      const hasMore = await prune(
        database(),
        { completed: 7 * day, failed: 90 * day, canceled: 90 * day },
        QUIET
      )

      expect(hasMore).toBe(false)
      expect(
        (await sql<{ id: number }>("select id from jobqueue_job order by id")).map(({ id }) => String(id))
      ).toEqual(jobs.slice(1).map(({ id }) => id))
    })
  })
})

function settlement(
  { id, claim, attempt }: ClaimedJob,
  state: Conclusion["state"],
  error: Conclusion["error"] = null
): Settlement {
  const conclusion = {
    state,
    delay: 0,
    uncounted: false,
    refunded: false,
    reason: null,
    result: undefined,
    error,
  }
  return { id, claim, attempt, worker: "test:1", keep: true, conclusion }
}
