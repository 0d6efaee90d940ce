/** Clocks that are wrong or jump: those of worker processes never decide, and a jump of the database's kills nobody. */
import { setTimeout as delay } from "node:timers/promises"
import { movableClock, setClockWrong } from "./clock"
import type { TestDatabase } from "./database"
import { gate, Mixed, registerJobs, runs } from "./jobs"
import { isQuiet, Load } from "./load"
import { pace } from "./pace"
import type { Shop } from "./shop"
import { stageUntil } from "./stage"
import { until } from "../until"

jest.setTimeout(pace(60_000, 180_000))

const HOUR = 3_600_000
/** Somewhat less than half a beat: between two jumps nobody has proved that it lives. */
const BETWEEN_JUMPS = 1200

const stage = stageUntil(afterAll)
let database: TestDatabase
let shop: Shop
let move: (by: string) => Promise<void>

beforeAll(async () => {
  registerJobs()
  database = await stage.database()
  move = await movableClock(database)
  shop = await stage.shop(database.url, { pollInterval: "100ms" })
  await stage.shop(database.url, { pollInterval: "100ms", queues: { default: { concurrency: 1 } } })
  await until("both processes live", async () => (await workers()).length === 2)
})

/** Numbers that nobody else gives: the load counts upwards. */
let last = 0
const number = () => --last

const workers = async () =>
  (await database.sql<{ id: string }>("select id from jobqueue_worker order by id")).map(({ id }) => id)
const beats = async () =>
  (await database.sql<{ beat_at: Date }>("select beat_at from jobqueue_worker order by id")).map(
    ({ beat_at }) => beat_at.getTime()
  )
const quiet = () => until("all jobs have ended", () => isQuiet(database))

/** Each process has proved that it lives: from then on nobody has a reason to declare another one dead. */
async function allBeat(): Promise<void> {
  const before = await beats()
  await until("all processes beat", async () =>
    (await beats()).every((beat, index) => beat !== before[index])
  )
}

describe("a process whose clock is wrong", () => {
  const STEADY: [string, () => number][] = [
    ["an hour ahead", () => HOUR],
    ["an hour late", () => -HOUR],
  ]
  it.each<[string, () => number]>([
    ["an hour ahead and running backwards", () => HOUR - 2 * performance.now()],
    ...pace([], STEADY),
  ])("performs each job once, and none early: %s", async (_, offset) => {
    const load = new Load(shop.jobqueue)
    const before = await workers()
    const setRight = setClockWrong(offset)
    const [soon, late] = await enqueueForLater(load)
    await until("the one that is due soon has run", () => runs.of(soon) === 1).finally(setRight)
    await until("no other job is left", async () => (await dueSoon()).length === 0)

    expect([runs.of(late), await early(), await workers()]).toEqual([0, [], before])
    await database.sql("update jobqueue_live set run_at = now()")
    await quiet()
    expect(await load.problems(database, true)).toEqual([])
  })

  /** Also some of every kind, at once. */
  async function enqueueForLater(load: Load): Promise<number[]> {
    await load.enqueue(14)
    const [soon, late] = [number(), number()]
    await shop.jobqueue.enqueue(Mixed, { n: soon }, { delay: "1500ms" })
    await shop.jobqueue.enqueue(Mixed, { n: late }, { delay: "30m" })
    return [soon, late]
  }

  const dueSoon = () =>
    database.sql(
      "select from jobqueue_live where state <> 'held' and run_at < pg_catalog.now() + interval '1 minute'"
    )
  /** Somewhat: a claim may have begun a moment before the enqueue that it sees. */
  const early = () =>
    database.sql(
      "select * from jobqueue_job where started_at < run_at - interval '100 ms' and state = 'completed'"
    )
})

describe("a jump of the database's clock", () => {
  it("forward declares nobody dead, and no job runs twice", async () => {
    const open = gate.close()
    const load = new Load(shop.jobqueue)
    const before = await workers()
    await load.enqueue(28)
    await until("both processes are busy", () => runs.running === 11)
    for (let n = 0; n < pace(3, 12); n++) {
      await move("1 hour")
      await delay(BETWEEN_JUMPS)
    }
    await allBeat().finally(open)
    await quiet()

    expect(await workers()).toEqual(before)
    expect(await load.problems(database, true)).toEqual([])
  })

  it("backward declares nobody dead, and jobs run", async () => {
    const load = new Load(shop.jobqueue)
    const before = await workers()
    await move("-1 hour")
    await load.enqueue(28)
    await allBeat()
    await quiet()

    expect(await workers()).toEqual(before)
    expect(await load.problems(database, true)).toEqual([])
  })

  it("makes due what is due by then, once", async () => {
    const [due, later] = [number(), number()]
    const { id } = await shop.jobqueue.enqueue(Mixed, { n: due }, { delay: "30m" })
    const { id: other } = await shop.jobqueue.enqueue(Mixed, { n: later }, { delay: "3h" })
    await move("1 hour")
    await until("it has ended", async () => (await shop.jobqueue.retrieveJob(id)).state === "completed")

    expect([runs.of(due), runs.of(later)]).toEqual([1, 0])
    await shop.jobqueue.deleteJob(other)
  })
})

describe("rescue", () => {
  it("finds the jobs of a dead process also after the clock has jumped", async () => {
    const n = number()
    await move("1 hour")
    const { id } = await shop.jobqueue.enqueue(Mixed, { n }, { delay: "1h" })
    await database.sql(
      `update jobqueue_live set state = 'running', worker = 0, claim = 0, attempts = 1, begun = true,
        claimed_at = now(), run_at = now() where id = $1`,
      [id]
    )
    await until("it has run", () => runs.of(n) === 1)

    expect(await shop.jobqueue.retrieveJob(id)).toMatchObject({ attempts: 2 })
  })
})
