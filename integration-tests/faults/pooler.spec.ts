/** A transaction pooler stands before Postgres: no session is ours, so neither LISTEN nor prepared names may matter. */
import type { TestDatabase } from "./database"
import { registerJobs, runs } from "./jobs"
import { isQuiet, Load } from "./load"
import { hasPgbouncer, Pgbouncer } from "./pgbouncer"
import type { Proxy } from "./proxy"
import type { Shop } from "./shop"
import { stageUntil } from "./stage"
import { isListen } from "./statements"
import { until } from "../until"

jest.setTimeout(60_000)

const JOBS = 210
const isInstalled = hasPgbouncer()
if (!isInstalled) {
  console.warn("pgbouncer is not installed: its tests are skipped")
}
const withPgbouncer = isInstalled ? describe : describe.skip

const stage = stageUntil(afterAll)

withPgbouncer.each<[string, object]>([
  ["as its option says", { pooler: true }],
  ["without being told", {}],
])("behind a transaction pooler, %s, the queue", (_, options) => {
  let database: TestDatabase
  let proxy: Proxy
  let shop: Shop
  let load: Load

  beforeAll(async () => {
    registerJobs()
    database = await stage.database()
    const pooler = await Pgbouncer.before(database.url)
    stage.later(() => pooler.stop())
    proxy = await stage.proxy(pooler.url(database.url))
    const open = () => stage.shop(proxy.url(database.url), options)
    shop = await open()
    await open()
    await until("both processes live", async () => (await workers()).length === 2)
  })

  beforeEach(() => (load = new Load(shop.jobqueue)))

  const workers = () => database.sql("select from jobqueue_worker where lease_until > now()")
  const quiet = () => until("all jobs have ended", () => isQuiet(database))

  it("performs jobs of every ending once, in two processes", async () => {
    await load.enqueue(JOBS)
    await quiet()

    expect(await load.problems(database, true)).toEqual([])
    expect([[...runs.overlapping], (await workers()).length]).toEqual([[], 2])
  })

  it("goes on when the connections to the pooler are cut", async () => {
    await load.enqueue(JOBS / 2)
    proxy.cutAll()
    await load.enqueue(JOBS / 2)
    await quiet()

    expect(await load.problems(database, true)).toEqual([])
  })

  it("enqueues in the application's transactions", async () => {
    const committed = await shop.connection.transaction()
    await load.enqueue(7, committed)
    await committed.commit()
    await quiet()

    expect(await load.problems(database, true)).toEqual([])
  })

  it("lists and counts jobs", async () => {
    const { count, jobs } = await shop.jobqueue.listJobs({ state: ["failed"] }, { limit: 20 })

    expect([count, (await shop.jobqueue.countJobs()).failed.count]).toEqual([count, count])
    expect(jobs).toHaveLength(20)
  })

  if ("pooler" in options) {
    it("neither listens nor meets a prepared name that is another session's", () => {
      expect(proxy.count(isListen)).toBe(0)
      expect(shop.log.filter((line) => /prepared statement/.test(line))).toEqual([])
    })
  }
})
