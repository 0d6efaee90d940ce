/** A job's own writes and its completion: both or neither. */
import { PostgresBackend } from "../../src/modules/jobqueue/backend/postgres"
import { performed, script, Scripted, TRIED_AGAIN } from "./jobs"
import { jobqueueModule } from "./runner"

jobqueueModule({}, ({ service, work, sql, database }) => {
  beforeEach(async () => {
    performed.length = 0
    script.steps = []
    await sql("create table ledger (entry text not null)")
  })
  afterEach(() => sql("drop table ledger"))

  const entries = async () =>
    (await sql<{ entry: string }>("select entry from ledger")).map(({ entry }) => entry)
  const stateOf = async (id: string) => (await service().retrieveJob(id)).state

  describe("context.transaction", () => {
    it("commits what the job wrote together with its completion, and keeps what the work returned", async () => {
      script.steps = [
        async (_, { transaction }) => {
          await transaction(async (trx) => {
            await trx.raw("insert into ledger values ('booked')")
            return { booked: true }
          })
        },
      ]
      const { id } = await service().enqueue(Scripted, {})

      await work()

      expect(await service().retrieveJob(id)).toMatchObject({ state: "completed", result: { booked: true } })
      expect(await entries()).toEqual(["booked"])
    })

    it("rolls back what the job wrote when its work throws, and tries it again", async () => {
      const book = (job: Scripted, attempt: number) => `${job.id} ${attempt}`
      script.steps = [1, 2].map((attempt) => (job: Scripted, { transaction }) => {
        return transaction(async (trx) => {
          await trx.raw("insert into ledger values (?)", [book(job, attempt)])
          if (attempt === 1) {
            throw new Error("the ERP said no")
          }
        })
      })
      const { id } = await service().enqueue(Scripted, {})

      await work()
      expect([await stateOf(id), await entries()]).toEqual([TRIED_AGAIN, []])
      await work()

      expect([await stateOf(id), await entries()]).toEqual(["completed", [`${id} 2`]])
    })

    it("writes nothing when another process has the job by now", async () => {
      script.steps = [
        async (_, { transaction }) => {
          await transaction(async (trx) => {
            await trx.raw("insert into ledger values ('stale')")
            await sql(
              "update jobqueue_live set claim = null, worker = null, state = 'pending', seq = nextval('jobqueue_ready_seq')"
            )
          })
        },
        () => undefined,
      ]
      const { id } = await service().enqueue(Scripted, {})

      await work()
      await work()

      expect([await stateOf(id), await entries()]).toEqual(["completed", []])
      expect(performed).toHaveLength(2)
    })

    it("keeps the job completed when its code throws after the commit", async () => {
      script.steps = [
        async (_, { transaction }) => {
          await transaction((trx) => trx.raw("insert into ledger values ('kept')").then(() => undefined))
          throw new Error("too late")
        },
      ]
      const { id } = await service().enqueue(Scripted, {})

      await work()

      expect([await stateOf(id), await entries()]).toEqual(["completed", ["kept"]])
    })

    it("leaves nothing of a job that keeps nothing, but what it wrote", async () => {
      script.steps = [
        (_, { transaction }) =>
          transaction((trx) => trx.raw("insert into ledger values ('kept')").then(() => undefined)),
      ]
      const { id } = await service().enqueue(Scripted, {}, { keep: false })

      await work()

      await expect(service().retrieveJob(id)).rejects.toThrow("there is no job")
      expect(await entries()).toEqual(["kept"])
    })

    it("refuses an outcome as the result of its work, and a second transaction", async () => {
      script.steps = [
        (job, { transaction }) => transaction(() => Promise.resolve(job.outcomes.hold("later") as never)),
        async (_, { transaction }) => {
          await transaction(() => Promise.resolve())
          await transaction(() => Promise.resolve())
        },
      ]
      const [held, twice] = await service().enqueueMany(Scripted, [{ payload: {} }, { payload: {} }])

      await work()

      const { failed_attempts } = await service().retrieveJob(held.id)
      expect(failed_attempts[0].error_message).toContain("returned an outcome")
      expect(await stateOf(twice.id)).toBe("completed")
    })

    it("is known to be committed, or not, when the answer of the commit was lost", async () => {
      const backend = new PostgresBackend(database())
      script.steps = [(_, { transaction }) => transaction(() => Promise.resolve())]
      const { id } = await service().enqueue(Scripted, {})
      await work()
      const [{ claim }] = await sql<{ claim: number }>("select claim from jobqueue_outcome")

      expect(await backend.wasCompleted(Number(id), claim)).toBe(true)
      expect(await backend.wasCompleted(Number(id), claim + 1)).toBe(false)
    })
  })
})
