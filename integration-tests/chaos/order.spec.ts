/** The order in which jobs begin, though they are claimed many at a time: priority, then readiness; and no queue starves. */
import { chosen, seededRandom, TEST_TIMEOUT } from "./length"
import { Scene } from "./scene"
import { until, untilNoneIsLeft } from "./until"

jest.setTimeout(TEST_TIMEOUT)

const CRITICAL = 10
const LOW = 500
const PRIORITIES = [CRITICAL, 50, 100, LOW]
const JOBS = chosen({ fast: 1000, long: 5000 })

interface Claimed {
  id: string
  priority: number
  /** The tokens of a process grow with each claim that it sends. */
  claim: string
}

describe("perform a deep backlog", () => {
  const random = seededRandom("order")
  let scene: Scene

  beforeAll(async () => {
    scene = await Scene.open({ queues: { busy: {}, quick: {} } })
  })
  afterEach(() => scene.clear())
  afterAll(() => scene?.close())

  it("one at a time exactly in the order of priority, then of readiness", async () => {
    const wanted: { id: string; priority: number }[] = []
    for (let batch = 0; batch < JOBS / 100; batch++) {
      const priorities = Array.from({ length: 100 }, () => PRIORITIES[Math.floor(4 * random())])
      const ids = await enqueue("chaos.nothing", priorities)
      wanted.push(...ids.map((id, n) => ({ id, priority: priorities[n] })))
    }
    await scene.start({ concurrency: 1 })
    await untilNoneIsLeft(scene, 60_000)

    const inOrder = wanted.sort((a, b) => a.priority - b.priority || Number(a.id) - Number(b.id))
    expect(begun()).toEqual(inOrder.map(({ id }) => id))
  })

  it("many at a time without a claim that takes a worse priority while a better one waits", async () => {
    await enqueue("chaos.wait", Array(50).fill(CRITICAL))
    await enqueue("chaos.wait", Array(JOBS).fill(LOW))
    await scene.start({ concurrency: 4 })
    await until(scene, "it works on the low ones", () => begun().length > 100)
    const critical = await enqueue("chaos.wait", Array(60).fill(CRITICAL))
    // One claim may have been on its way since before the critical ones were there.
    const last = 1 + Number((await latestClaim()).slice(-9))
    await untilNoneIsLeft(scene, 90_000)

    const later = (await claimed()).filter(({ claim }) => Number(claim.slice(-9)) > last)
    const lastCritical = Math.max(
      ...later.filter(({ id }) => critical.includes(id)).map(({ claim }) => Number(claim))
    )
    const tooEarly = later.filter(({ priority, claim }) => priority === LOW && Number(claim) < lastCritical)
    expect(tooEarly).toEqual([])
    expect(later.some(({ priority }) => priority === LOW)).toBe(true)
  })

  it("of one queue without starving another queue of the same process", async () => {
    await enqueue("chaos.wait", Array(JOBS).fill(CRITICAL), { queue: "busy" })
    await scene.start({ queues: { busy: { concurrency: 4 }, quick: { concurrency: 1 } } })
    await until(scene, "it works on the busy queue", () => begun().length > 10)
    const quick = await enqueue("chaos.nothing", Array(20).fill(LOW), { queue: "quick" })
    await until(scene, "the quick ones are completed", async () => (await outcomesOf(quick)) === quick.length)

    const [{ busy }] = await scene.sql("select count(*)::int as busy from jobqueue_live where queue = 'busy'")
    expect(busy).toBeGreaterThan(0)
  })

  const enqueue = (identifier: string, priorities: number[], options: object = {}) =>
    scene.client.call<string[]>(
      "enqueueMany",
      identifier,
      priorities.map((priority) => ({ payload: { ms: 10 }, priority, ...options }))
    )

  /** The jobs' ids, as they began. */
  const begun = () =>
    scene
      .journal()
      .filter(({ event }) => event === "began")
      .map(({ id }) => id)

  const claimed = () =>
    scene.sql<Claimed>("select id::text, priority, claim::text from jobqueue_outcome order by claim")

  async function latestClaim(): Promise<string> {
    const [{ claim }] = await scene.sql<{ claim: string }>(
      `select max(claim)::text as claim from (
         select claim from jobqueue_outcome union all select claim from jobqueue_live) c`
    )
    return claim
  }

  async function outcomesOf(ids: string[]): Promise<number> {
    return (await scene.sql("select from jobqueue_outcome where id = any($1)", [ids])).length
  }
})
