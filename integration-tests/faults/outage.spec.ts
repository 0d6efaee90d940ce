/** Database faults under load: connections killed, the server restarted, down for long, read-only after a failover. */
import { setTimeout as delay } from "node:timers/promises"
import type { TestDatabase } from "./database"
import { gate, registerJobs, runs } from "./jobs"
import { isQuiet, Load } from "./load"
import { pace } from "./pace"
import type { PostgresServer } from "./server"
import type { Shop } from "./shop"
import { stageUntil } from "./stage"
import { until } from "../until"

jest.setTimeout(pace(60_000, 240_000))

/** After a fault: reconnects wait up to 5 s, and a settle that is sent again up to 5 s. */
const RECOVERY = 40_000
const KILL_EVERY = 200
const READ_ONLY = pace(1000, 5000)

const stage = stageUntil(afterAll)
let server: PostgresServer
let database: TestDatabase
let shop: Shop
let load: Load

beforeAll(async () => {
  registerJobs()
  server = await stage.server()
  database = await stage.database(server)
  shop = await stage.shop(database.url, { pollInterval: "200ms" })
  // A second process would declare the first one dead as soon as its lease looks lapsed.
  await stage.shop(database.url, { pollInterval: "200ms", queues: { default: { concurrency: 1 } } })
  await until("both processes live", async () => (await livingWorkers()).length === 2)
})

beforeEach(() => (load = new Load(shop.jobqueue)))
afterEach(() => load.stop())

const livingWorkers = async () =>
  (await database.sql<{ id: string }>("select id from jobqueue_worker order by id")).map(({ id }) => id)
const quiet = () => until("all jobs have ended", () => isQuiet(database), RECOVERY)

/** Work goes on for a moment after the fault, so that recovery is seen and not only the end. */
async function recover(): Promise<void> {
  const before = load.size
  await until("enqueueing goes on", () => load.size > before + 20, RECOVERY)
  await load.stop()
  await quiet()
}

describe("the workers", () => {
  it("go on while every connection is killed each 200 ms, and perform each job once", async () => {
    const rounds = pace(5000, 30_000) / KILL_EVERY
    let killed = 0
    load.start()
    for (let n = 0; n < rounds; n++) {
      await delay(KILL_EVERY)
      const rows = await database.sql(`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name like 'jobqueue%' and datname = current_database()`)
      killed += rows.length
    }
    await recover()

    expect(killed).toBeGreaterThan(rounds)
    expect(await load.problems(database, true)).toEqual([])
    expect([...runs.overlapping]).toEqual([])
  })

  it("go on after an immediate shutdown and a restart of the server, and lose nothing", async () => {
    load.start()
    for (let n = 0; n < pace(1, 3); n++) {
      await until("jobs run", () => load.size > (n + 1) * 50)
      await server.crash()
      await server.start()
    }
    await recover()

    expect(await load.problems(database, false)).toEqual([])
  })

  it("go on after a failover that left the server read-only for a while", async () => {
    load.start()
    await until("jobs run", () => load.size > 50)
    await setReadOnly("on")
    await delay(READ_ONLY)
    await setReadOnly("off")
    await recover()

    expect(load.refused).toBeGreaterThan(0)
    expect(await load.problems(database, true)).toEqual([])
  })

  async function setReadOnly(value: "on" | "off"): Promise<void> {
    await database.sql(`alter system set default_transaction_read_only = ${value}`)
    await database.sql("select pg_reload_conf()")
  }
})

describe("settle", () => {
  it("keeps results while the server is down for longer than the lease, and no job runs twice", async () => {
    const open = gate.close()
    const before = await livingWorkers()
    await load.enqueue(70)
    await until("jobs run", () => runs.running > 0)
    await server.stop()
    open()
    await until("all that run have ended, and their results wait", () => runs.running === 0)
    await delay(pace(14_000, 60_000))
    await server.start()
    await quiet()

    expect(await load.problems(database, true)).toEqual([])
    expect(await livingWorkers()).toEqual(before)
    expect([...runs.overlapping]).toEqual([])
  })
})
