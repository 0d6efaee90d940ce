/**
 * The plans of the statements that run often or over much, with a million pending jobs and statistics of another time:
 * each reaches its tables by the index that is made for it, and touches no more than its rows are worth.
 */
import type { Client } from "@medusajs/framework/pg"
import { Database, onClient } from "../../src/modules/jobqueue/table/database"
import { statement } from "../../src/modules/jobqueue/table/statement"
import { OwnDatabase } from "../own-database"
import { statementsOf, type AnySql, type Statement } from "../recorder"
import { isPage, LISTS } from "./plans/lists"
import { fillTables, keepStatistics } from "./plans/million-rows"
import { explain, explainPrepared, readsOf, walksOf, type Plan, type PlanMode } from "./plans/plan"
import { believe, PAST } from "./plans/statistics"
import { blocksTouched } from "./plans/touched"
import { VERBS, type Verb } from "./plans/verbs"

const verbs = Object.entries(VERBS)
const prepared = verbs.filter(([, { isPrepared }]) => isPrepared)
const lists = Object.entries(LISTS)

/** Of tables and indexes. Most verbs touch 4 to 17 a row, a failed attempt with its errors 23, and forgetting all that a job may have 31. */
const MOST_BLOCKS_PER_ROW = 35
const MOST_BLOCKS = 100

let own: OwnDatabase
let client: Client
/** Connected since the tables were empty. */
let early: Database
let clock = 0

beforeAll(async () => {
  own = await OwnDatabase.create("plans")
  await own.migrate()
  client = await own.connect()
  await keepStatistics(client)
  await client.query("vacuum analyze")
  early = new Database({ connectionString: own.url, poolSize: 1, onError: () => undefined, now: () => clock })
  for (const [, { perform }] of prepared) {
    await often(() => perform(early))
  }
  const other = await own.connect()
  // In a transaction, because a pool ends a connection that is idle for so long.
  await early.transaction(() => fillTables(client, other))
})

afterAll(async () => {
  await early.close()
  await own.drop()
})

describe("plan", () => {
  it("does not stay as it was made for empty tables", async () => {
    const made = await mapVerbs(prepared, readsOfPrepared)
    expect(Object.values(made).filter((reads) => !reads.join().includes("a scan of all"))).toEqual([])

    clock += 1000
    await early.run(statement("any", "select 1"), [])

    expect(await mapVerbs(prepared, readsOfPrepared)).toEqual(expected(prepared))
  })

  describe.each(Object.entries(PAST))("after an analyze %s", (_, past) => {
    beforeAll(() => believe(client, past))

    it.each(["custom", "generic"] as const)(
      "reaches the tables by their indexes alone (%s)",
      async (mode) => {
        await client.query(`set plan_cache_mode = force_${mode}_plan`)

        expect(await mapVerbs(verbs, (verb) => wayOf(verb, mode))).toEqual(expected(verbs))
      }
    )

    it("reaches a page of a list by its index", async () => {
      expect(await mapVerbs(lists, (list) => wayOf(list, "custom", isPage))).toEqual(expected(lists))
    })

    it("touches no more than the rows are worth", async () => {
      const touched = await mapVerbs(verbs, ({ perform }) =>
        blocksTouched(client, () => perform(transactionOn(client)))
      )

      const tooMuch = verbs.filter(
        ([name, { rows }]) => touched[name] > MOST_BLOCKS + rows * MOST_BLOCKS_PER_ROW
      )
      expect(tooMuch.map(([name]) => `${name}: ${touched[name]} blocks`)).toEqual([])
    })
  })
})

/** The accesses to the big tables, but for those that are a matter of taste, and the index that is walked in order. */
async function wayOf(verb: Verb, mode: PlanMode, matters: (one: Statement) => boolean = () => true) {
  const plans: Plan[] = []
  for (const sent of await statementsOf(verb.perform)) {
    if (matters(sent)) {
      plans.push(await explain(client, mode, sent))
    }
  }
  const reads = new Set(plans.flatMap(readsOf))
  return [
    ...[...reads].filter((read) => !verb.mayRead?.includes(read)).sort(),
    ...plans.flatMap(walksOf).filter((index) => index === verb.walks),
  ]
}

async function readsOfPrepared({ perform, walks }: Verb): Promise<string[]> {
  const [{ name, values }] = await statementsOf(perform)
  const plan = await explainPrepared(early, String(name), values)
  return [...readsOf(plan), ...walksOf(plan).filter((index) => index === walks)]
}

function expected(of: readonly [string, Verb][]): Record<string, string[]> {
  return Object.fromEntries(
    of.map(([name, { reads, walks }]) => [name, [...reads].sort().concat(walks ?? [])])
  )
}

async function mapVerbs<T>(
  of: [string, Verb][],
  ask: (verb: Verb) => Promise<T>
): Promise<Record<string, T>> {
  const answers: Record<string, T> = {}
  for (const [name, verb] of of) {
    answers[name] = await ask(verb)
  }
  return answers
}

/** More often than the server plans anew for each run. */
async function often(run: () => Promise<unknown>): Promise<void> {
  for (let time = 0; time < 8; time++) {
    await run()
  }
}

function transactionOn(client: Client): AnySql {
  const sql = onClient(client)
  return { ...sql, transaction: (work) => work(sql) }
}
