/** Half-open connections: both sides keep their socket, and nothing passes any more. */
import type { TestDatabase } from "./database"
import { Mixed, registerJobs, runs } from "./jobs"
import { isQuiet } from "./load"
import { pace } from "./pace"
import type { Proxy } from "./proxy"
import { stageUntil } from "./stage"
import type { Shop } from "./shop"
import { isListen } from "./statements"
import { until } from "../until"

jest.setTimeout(90_000)

/** Longer than a lease: by then everything has noticed that nobody answers. */
const NOTICED = 20_000
const POOL_NOTICED = 60_000

const inLongRuns = pace(describe.skip, describe)

const stage = stageUntil(afterAll)
let database: TestDatabase
let proxy: Proxy
let elsewhere: Shop
let n = 0

/** @param pollInterval - `"10m"` where only a notification can be the reason that a job runs */
async function openWorker(pollInterval: "10m" | "200ms"): Promise<void> {
  registerJobs()
  database = await stage.database()
  proxy = await stage.proxy(database.url)
  await stage.shop(proxy.url(database.url), { pollInterval })
  elsewhere = await stage.shop(database.url, { worker: false })
  await until("it listens", () => proxy.count(isListen) > 0)
  await until("its lease beats", () => proxy.connections("jobqueue-lease").length > 0)
  await jobRuns()
}

/** Enqueued by another process. */
async function jobRuns(within?: number): Promise<void> {
  await elsewhere.jobqueue.enqueue(Mixed, { n: ++n })
  await until(`job ${n} has run`, () => runs.of(n) === 1, within)
}

const leases = () =>
  database.sql<{ id: string; lease_until: Date }>("select id, lease_until from jobqueue_worker")

describe("a worker whose listener and lease hang on half-open connections", () => {
  let before: { id: string; lease_until: Date }[]

  beforeAll(async () => {
    await openWorker("200ms")
    proxy.reset()
    proxy.blackHole("jobqueue-listen")
    proxy.blackHole("jobqueue-lease")
    before = await leases()
  })

  it("finds jobs by polling", () => jobRuns())

  it("renews its lease on another connection, before anybody declares it dead", async () => {
    const renewed = async () => (await leases()).some((row) => row.lease_until > before[0].lease_until)
    await until("the lease is renewed", renewed)

    expect((await leases()).map(({ id }) => id)).toEqual(before.map(({ id }) => id))
  })

  it("listens again on another connection", async () => {
    await until("it listens again", () => proxy.count(isListen) > 0, NOTICED)
    await jobRuns()
  })
})

inLongRuns("a worker that hears of jobs only by listening", () => {
  beforeAll(() => openWorker("10m"))

  it("hears of them again when its connection was cut", async () => {
    proxy.reset()
    proxy.cutAll()
    await until("it listens again", () => proxy.count(isListen) > 0)
    const before = runs.total

    await until("one of several jobs is heard of", async () => {
      await elsewhere.jobqueue.enqueue(Mixed, { n: ++n })
      return runs.total > before
    })
  })
})

inLongRuns("a worker whose pool hangs on half-open connections", () => {
  beforeAll(() => openWorker("200ms"))

  it("goes on with new ones", async () => {
    proxy.blackHole("jobqueue")

    await jobRuns(POOL_NOTICED)
    await until("all jobs have ended", () => isQuiet(database))
  })
})
