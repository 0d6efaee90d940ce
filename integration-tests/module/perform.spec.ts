/** Perform and settle: what a job's end means, through the service and against a real Postgres. */
import { performed, script, Scripted } from "./jobs"
import { jobqueueModule } from "./runner"

jobqueueModule({}, ({ service, work }) => {
  beforeEach(() => {
    performed.length = 0
    script.steps = []
  })

  describe("perform", () => {
    it("completes a job that returns, and keeps what it returned", async () => {
      script.steps = [() => ({ answer: 42 })]
      const { id } = await service().enqueue(Scripted, { n: 1 })

      await work()

      const job = await service().retrieveJob(id)
      expect(job).toMatchObject({ state: "completed", attempts: 1, result: { answer: 42 }, failed_attempts: [] })
      expect(job.finished_at).toBeInstanceOf(Date)
      expect(performed).toEqual([{ id, attempt: 1, payload: { n: 1 } }])
    })
  })
})
