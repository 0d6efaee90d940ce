/** Enqueue in a caller's transaction, and many callers in the same tick: each gets what is its own. */
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { Client } from "@medusajs/framework/pg"
import type { EnqueueOptions, Job } from "../../src"
import type { TestDatabase } from "./database"
import { Mixed, registerJobs, runs } from "./jobs"
import { isQuiet } from "./load"
import type { Shop } from "./shop"
import { stageUntil } from "./stage"
import { until } from "../until"

jest.setTimeout(60_000)

const CALLERS = 32

const stage = stageUntil(afterAll)
let database: TestDatabase
let shop: Shop
/** Each test has numbers of its own. */
let first = 0

beforeAll(async () => {
  registerJobs()
  database = await stage.database()
  // So rare polling that only a wake-up is the reason that a job runs.
  shop = await stage.shop(database.url, { pollInterval: "10m", queues: { other: {} } })
  await enqueue(0)
  await until("the worker works", () => runs.of(0) === 1)
})

beforeEach(() => {
  first += 100
})

const numbers = (count = CALLERS) => Array.from({ length: count }, (_, index) => first + index)
const enqueue = (n: number, transaction?: Knex.Transaction, options: EnqueueOptions = {}): Promise<Job> =>
  shop.jobqueue.enqueue(Mixed, { n }, options, transaction && { transaction })
const written = async () =>
  (
    await database.sql<{ n: number }>(
      "select (payload ->> 'n')::int as n from jobqueue_request where (payload ->> 'n')::int >= $1 order by 1",
      [first]
    )
  ).map(({ n }) => n)
const allHaveRunOnce = async (expected: number[]) => {
  await until("all have run", () => expected.every((n) => runs.of(n) > 0))
  await until("all jobs have ended", () => isQuiet(database))
  expect(numbers().map((n) => runs.of(n))).toEqual(numbers().map((n) => Number(expected.includes(n))))
}

describe("enqueue in a transaction", () => {
  it("leaves nothing and wakes nobody when it is rolled back", async () => {
    const woken = await wakeUps()
    const trx = await shop.connection.transaction()
    await enqueue(first, trx, { queue: "other" })
    await trx.rollback()
    await enqueue(first + 1)
    await until("the next job's wake-up is heard", () => woken.includes("default"))

    expect([await written(), woken.includes("other")]).toEqual([[first + 1], false])
    await allHaveRunOnce([first + 1])
  })

  it("is seen by nobody before its commit, and runs once after it", async () => {
    const trx = await shop.connection.transaction()
    await enqueue(first, trx)
    expect(await written()).toEqual([])
    await trx.commit()

    await allHaveRunOnce([first])
  })

  it("keeps to itself among 32 concurrent enqueues of one tick", async () => {
    const committing = await shop.connection.transaction()
    const rollingBack = await shop.connection.transaction()
    const transactionOf = (n: number) => [undefined, committing, undefined, rollingBack][n % 4]
    const ownOf = (owner?: Knex.Transaction) => numbers().filter((n) => transactionOf(n) === owner)
    const jobs = await Promise.all(numbers().map((n) => enqueue(n, transactionOf(n))))

    expect(jobs.map(({ payload }) => payload)).toEqual(numbers().map((n) => ({ n })))
    expect(await written()).toEqual(ownOf(undefined))
    await Promise.all([committing.commit(), rollingBack.rollback()])
    await allHaveRunOnce([...ownOf(undefined), ...ownOf(committing)])
    expect(await written()).toEqual(numbers().filter((n) => transactionOf(n) !== rollingBack))
  })

  it("fails alone when its transaction can't write any more", async () => {
    const trx = await shop.connection.transaction()
    await trx.raw("select 1 / 0").catch(() => undefined)
    const answers = await Promise.allSettled(numbers().map((n) => enqueue(n, n === first ? trx : undefined)))
    await trx.rollback()

    expect(answers.map(({ status }) => status)).toEqual(["rejected", ...Array(31).fill("fulfilled")])
    await allHaveRunOnce(numbers().slice(1))
  })

  /** The queues of the wake-ups that other processes hear. */
  async function wakeUps(): Promise<string[]> {
    const heard: string[] = []
    const client = new Client({ connectionString: database.url })
    await client.connect()
    stage.later(() => client.end())
    client.on("notification", ({ payload }) => heard.push(String(payload)))
    await client.query("listen jobqueue_wake")
    return heard
  }
})

describe("32 concurrent enqueues of one tick", () => {
  it("each get their own row", async () => {
    const jobs = await Promise.all(numbers().map((n) => enqueue(n)))
    const rows = await database.sql<{ id: string; n: number }>(
      "select id::text, (payload ->> 'n')::int as n from jobqueue_request where id = any($1)",
      [jobs.map(({ id }) => id)]
    )

    expect(new Map(rows.map(({ id, n }) => [id, n]))).toEqual(
      new Map(jobs.map(({ id }, index) => [id, first + index]))
    )
    await allHaveRunOnce(numbers())
  })

  it.each<[string, unknown, EnqueueOptions, RegExp]>([
    ["whose payload does not fit the schema", "nine", {}, /payload\.?n.*expected number|number/i],
    ["with a U+0000 in its payload", "\u0000", {}, /payload\.n: has a U\+0000/],
    ["which the database refuses", 0, { delay: Number.MAX_VALUE }, /range/],
  ])("but one %s are written, and it gets an error of its own", async (_, bad, options, message) => {
    const good = numbers().filter((n) => n !== first + 13)
    const answers = await Promise.allSettled(
      numbers().map((n) =>
        n === first + 13
          ? shop.jobqueue.enqueue(Mixed, { n: typeof bad === "number" ? n : (bad as number) }, options)
          : enqueue(n)
      )
    )

    expect(answers.flatMap(({ status }, index) => (status === "rejected" ? index : []))).toEqual([13])
    expect(String((answers[13] as PromiseRejectedResult).reason)).toMatch(message)
    expect(await written()).toEqual(good)
    await allHaveRunOnce(good)
  })
})
