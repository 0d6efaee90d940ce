/** The application has used up its own pool: the queue has connections of its own, and does not notice. */
import type { TestDatabase } from "./database"
import { Mixed, registerJobs, runs } from "./jobs"
import { isQuiet } from "./load"
import { stageUntil } from "./stage"
import type { Shop } from "./shop"
import { until } from "../until"

jest.setTimeout(60_000)

/** Of knex, as far as this test looks into it. */
interface KnexPool {
  max: number
  numUsed: () => number
  numFree: () => number
}

const stage = stageUntil(afterAll)
let database: TestDatabase
let shop: Shop

beforeAll(async () => {
  registerJobs()
  database = await stage.database()
  shop = await stage.shop(database.url, { pollInterval: "50ms" })
  await exhaust()
})

async function exhaust(): Promise<void> {
  const client = shop.connection.client as {
    pool: KnexPool
    acquireConnection: () => Promise<object>
    releaseConnection: (connection: object) => Promise<void>
  }
  const taken = await Promise.all(Array.from({ length: client.pool.max }, () => client.acquireConnection()))
  stage.later(() => Promise.all(taken.map((connection) => client.releaseConnection(connection))))
  expect([client.pool.numUsed(), client.pool.numFree()]).toEqual([client.pool.max, 0])
}

const ended = (n: number) => until(`job ${n} has ended`, async () => runs.of(n) > 0 && isQuiet(database))

describe("while the application has used up its own pool, the queue", () => {
  it("enqueues, claims, performs and settles", async () => {
    const { id } = await shop.jobqueue.enqueue(Mixed, { n: 1 })
    await shop.jobqueue.enqueueMany(Mixed, [{ payload: { n: 2, ending: "retry" } }])
    await ended(1)
    await ended(2)

    expect(await shop.jobqueue.retrieveJob(id)).toMatchObject({ state: "completed", result: 1 })
  })

  it("lists, counts and shows jobs, and tells the settings", async () => {
    await ended(2)

    expect((await shop.jobqueue.listJobs({}, { limit: 20, offset: 0 })).jobs).toHaveLength(2)
    expect((await shop.jobqueue.countJobs()).completed).toMatchObject({ count: 2 })
    expect(await shop.jobqueue.getSettings()).toMatchObject({ "default_worker.cron": expect.anything() })
  })

  it("cancels, retries and deletes jobs", async () => {
    const { id } = await shop.jobqueue.enqueue(Mixed, { n: 3 }, { delay: "1h" })
    expect((await shop.jobqueue.cancelJob(id)).state).toBe("canceled")
    expect((await shop.jobqueue.retryJob(id)).id).toBe(id)
    await ended(3)

    expect(await shop.jobqueue.deleteJob(id)).toEqual({ id })
  })
})
