/**
 * An upgrade while workers of an older version run: their statements go on, nothing is lost, nobody waits long, and
 * the new version finishes what they left.
 */
import type { Client } from "@medusajs/framework/pg"
import { jobRegistry } from "../../src/modules/jobqueue/job/registry"
import { Scripted, script } from "../module/jobs"
import { OwnDatabase, VERSIONS } from "../own-database"
import { until } from "../until"
import { bootNewVersion, type NewVersion } from "./new-version"
import { OldWorker } from "./old-worker"

let own: OwnDatabase
let client: Client
let newVersion: NewVersion | undefined

beforeAll(() => {
  jobRegistry().register(Scripted, "the tests")
  script.steps = []
})
beforeEach(async () => {
  own = await OwnDatabase.create("upgrade")
  client = await own.connect()
})
afterEach(async () => {
  await newVersion?.shutdown()
  newVersion = undefined
  await own.drop()
})

const query = async <Row>(text: string, values: unknown[] = []): Promise<Row[]> =>
  (await client.query(text, values)).rows as Row[]

// With the newest version itself nothing is left to migrate: that keeps its own worker in order.
describe.each(VERSIONS)("upgrade from %s", (version) => {
  it("leaves its workers running and loses nothing", async () => {
    await own.migrate(version)
    const worker = await OldWorker.start(own, version)
    await worker.fill()
    worker.work()
    const stranger = await own.connect()
    await stranger.query("begin")
    await worker.enqueue(stranger, 1) // a shop's transaction that stays open

    const migration = trackMigration(own.migrate())
    await until("the migration is done, or waits for the open transaction", async () => {
      return migration.isDone || (await waitsForOurs())
    })
    await goOn(worker)
    await stranger.query("commit")
    await migration.done
    await goOn(worker)
    await worker.stop()
    await worker.die()
    expect(await statesOfLive()).toEqual(expect.arrayContaining(["held", "retrying", "running", "scheduled"]))

    newVersion = await bootNewVersion(own, { pollInterval: "50ms" })
    await makeDue(newVersion)
    await until(
      "every job has ended",
      async () => (await query("select from jobqueue_live limit 1")).length === 0
    )
    await expectAllKept(worker)
  })
})

async function statesOfLive(): Promise<string[]> {
  const rows = await query<{ state: string }>("select distinct state from jobqueue_live order by state")
  return rows.map(({ state }) => state)
}

/** While the old worker waits for something, it does none. */
function goOn(worker: OldWorker): Promise<unknown> {
  const since = worker.rounds
  return until("the old worker goes on", () => worker.rounds > since + 5 || worker.isOver)
}

function trackMigration(done: Promise<void>) {
  const migration = { done, isDone: false }
  const end = () => (migration.isDone = true)
  done.then(end, end)
  return migration
}

/** Only something that conflicts with writing waits for a table. */
async function waitsForOurs(): Promise<boolean> {
  const rows = await query(`select from pg_locks l join pg_class c on c.oid = l.relation
    where not l.granted and c.relname like 'jobqueue%' and l.database = (
      select oid from pg_database where datname = current_database())`)
  return rows.length > 0
}

/** Those that wait for their time, and those that wait for a person. */
async function makeDue({ service }: NewVersion): Promise<void> {
  await query("update jobqueue_live set run_at = now() where state in ('scheduled', 'retrying')")
  for (const { id } of await query<{ id: string }>("select id from jobqueue_live where state = 'held'")) {
    await service.retryJob(id)
  }
}

/** Nobody was told of a job, or of its completion, that is not there. */
async function expectAllKept({ enqueued, completed }: OldWorker): Promise<void> {
  const ended = await query<{ id: string; state: string }>("select id, state from jobqueue_job order by id")
  const idsOf = (state?: string) =>
    new Set(ended.filter((job) => !state || job.state === state).map(({ id }) => Number(id)))
  expect(idsOf()).toEqual(enqueued)
  expect([...completed].filter((id) => !idsOf("completed").has(id))).toEqual([])
  expect([idsOf("failed").size, idsOf("canceled").size]).toEqual([3, 3])
}
