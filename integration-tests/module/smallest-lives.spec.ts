/** The smallest lives in which the engine once differed from its rules, as model.spec.ts found them. */
import { Scripted } from "./jobs"
import { jobqueueModule } from "./runner"
import { ENDINGS, type EndingName } from "../model/endings"
import { RealQueue, type RealProcess } from "../model/real-queue"
import { rescueOrphans } from "../../src/modules/jobqueue/table/rescue"
import { promoteDue } from "../../src/modules/jobqueue/table/promote"
import type { ClaimKind } from "../../src/modules/jobqueue/table/claim"

jobqueueModule({}, ({ service, database }) => {
  let real: RealQueue
  let process: RealProcess

  /** One job and one process. */
  async function begin(): Promise<string> {
    real = new RealQueue(service(), database())
    process = await real.start([Scripted.identifier])
    return (await service().enqueue(Scripted, {}, { maxAttempts: 30 })).id
  }

  async function claim(kind: ClaimKind = "direct") {
    process.claimer.readAnew("default")
    const wanted = { queue: "default", identifiers: process.knows, limit: 1, kind }
    return (await process.claimer.claim(wanted))[0]
  }

  async function claimAndEnd(name: EndingName) {
    const claimed = await claim()
    const { id, claim: token, attempt, keep } = claimed
    const conclusion = ENDINGS[name].real(claimed)
    await real.backend.settle([{ id, claim: token, attempt, keep, worker: "test:1", conclusion }], false)
  }

  async function failTwentyTimes() {
    for (let attempt = 1; attempt <= 20; attempt++) {
      await claimAndEnd("throws")
      await promoteDue(real.database)
    }
  }

  async function dieAndBeRescued() {
    await real.sql("update jobqueue_worker set lease_until = now() - interval '1 second'")
    const rescuer = await real.start([])
    await rescueOrphans(real.database, rescuer.worker)
  }

  const keptErrors = () => real.sql("select attempt from jobqueue_attempt order by attempt, claim")

  describe("release", () => {
    it("cancels a job whose cancellation was asked for while it was claimed ahead", async () => {
      const id = await begin()
      const claimed = await claim("prefetch")
      await service().cancelJob(id)

      await process.claimer.release([claimed])

      expect(await service().retrieveJob(id)).toMatchObject({ state: "canceled" })
    })

    it("keeps the words of a cancellation, also when the job is claimed once more", async () => {
      const id = await begin()
      const claimed = await claim("prefetch")
      await service().cancelJob(id)
      await process.claimer.release([claimed])
      if ((await service().retrieveJob(id)).state === "pending") {
        await claimAndEnd("completes")
      }

      expect(await service().retrieveJob(id)).toMatchObject({
        state: "canceled",
        reason: "canceled by a person while it ran",
      })
    })

    it("that comes late leaves a newer claim of the same process alone", async () => {
      const id = await begin()
      const first = await claim("prefetch")
      await process.claimer.release([first])
      await claim()

      await process.claimer.release([first])

      expect(await service().retrieveJob(id)).toMatchObject({ state: "running", attempts: 1 })
    })
  })

  describe("promote", () => {
    it("makes jobs ready in the order in which they were due", async () => {
      const requests = (["5h", "3h", "1h", "4h", "2h"] as const).map((delay) => ({ payload: {}, delay }))
      const [five, three, one, four, two] = await service().enqueueMany(Scripted, requests)
      real = new RealQueue(service(), database())
      await real.sql("update jobqueue_live set run_at = run_at - interval '6 hours'")

      await promoteDue(real.database)

      const rows = await real.sql<{ id: number }>("select id from jobqueue_live order by seq")
      expect(rows.map(({ id }) => String(id))).toEqual([one, two, three, four, five].map(({ id }) => id))
    })
  })

  describe("rescue", () => {
    it("gives the attempt back also of a job that it cancels before it had begun", async () => {
      const id = await begin()
      await claim("prefetch")
      await service().cancelJob(id)

      await dieAndBeRescued()

      expect(await service().retrieveJob(id)).toMatchObject({ state: "canceled", attempts: 0 })
    })

    it("keeps no more than the errors of the last 20 attempts", async () => {
      await begin()
      await failTwentyTimes()
      await claim()

      await dieAndBeRescued()

      expect(await keptErrors()).toHaveLength(20)
    })
  })

  describe("settle", () => {
    it("keeps the errors of 20 attempts when an attempt after them does not count", async () => {
      await begin()
      await failTwentyTimes()

      await claimAndEnd("snoozes 3 h")

      expect(await keptErrors()).toHaveLength(20)
    })

    it("keeps no more than 20 errors of a job that can't begin and is retried again and again", async () => {
      const id = await begin()
      for (let time = 1; time <= 21; time++) {
        await claimAndEnd("cannot begin")
        await service().retryJob(id)
      }

      expect(await keptErrors()).toHaveLength(20)
    })
  })
})
