/** Work for many processes: a mix of jobs that a seed decides, never more of them waiting than is good for the test. */
import type { Scene } from "./scene"
import { until } from "./until"

const BATCH = 20
/** Enough that every place is taken, and few enough that an orphan comes to its turn at once. */
const BACKLOG = 300

interface Kind {
  identifier: string
  /** Of a hundred batches. */
  share: number
  payload: (random: () => number) => object
  options?: object
  ends?: string
}

/** Jobs that workers claim ahead: none takes long. */
const QUICK: Kind[] = [
  { identifier: "chaos.nothing", share: 40, payload: () => ({}) },
  { identifier: "chaos.wait", share: 60, payload: (random) => ({ ms: Math.round(5 + 15 * random()) }) },
]

/** @param slow - the share of jobs that take about a second */
function mix(slow: number): Kind[] {
  const between = (least: number, most: number) => (random: () => number) => ({
    ms: Math.round(least + (most - least) * random()),
  })
  const flaky = {
    identifier: "chaos.flaky",
    payload: (random: () => number) => ({ times: Math.ceil(3 * random()) }),
  }
  return [
    { identifier: "chaos.wait", share: slow, payload: between(500, 1500) },
    { identifier: "chaos.block", share: 2, payload: between(5, 50) },
    { ...flaky, share: 6 },
    {
      identifier: "chaos.flaky",
      share: 2,
      payload: () => ({ times: 99 }),
      options: { maxAttempts: 3 },
      ends: "failed",
    },
    { identifier: "chaos.wait", share: 45 - slow, payload: between(5, 50) },
    { identifier: "chaos.nothing", share: 45, payload: () => ({}) },
  ]
}

export interface Load {
  count: number
  /** Percent of the jobs that take about a second; 0: all are quick. */
  slow: number
}

/** However unlucky the kills are. */
const MOST_TIMES = 10

/**
 * Enqueues `count` jobs as fast as they are performed, and more until `isEnough`. Answers the state in which each must
 * end, by its id.
 */
export async function enqueueMixed(
  scene: Scene,
  random: () => number,
  { count, slow }: Load,
  isEnough: () => boolean
): Promise<Map<string, string>> {
  const kinds = slow === 0 ? QUICK : mix(slow)
  const expected = new Map<string, string>()
  while (expected.size < count || (!isEnough() && expected.size < MOST_TIMES * count)) {
    await untilFew(scene)
    const { identifier, payload, options, ends = "completed" } = choose(kinds, random)
    const requests = Array.from({ length: BATCH }, () => ({ payload: payload(random), ...options }))
    const ids = await scene.client.call<string[]>("enqueueMany", identifier, requests)
    ids.forEach((id) => expected.set(id, ends))
  }
  return expected
}

function choose(kinds: readonly Kind[], random: () => number): Kind {
  let left = random() * kinds.reduce((sum, { share }) => sum + share, 0)
  return kinds.find(({ share }) => (left -= share) < 0) ?? kinds[0]
}

async function untilFew(scene: Scene): Promise<void> {
  await until(scene, `fewer than ${BACKLOG} jobs wait`, async () => {
    const [{ waiting }] = await scene.sql<{ waiting: number }>(
      "select count(*)::int as waiting from jobqueue_live where state = 'pending'"
    )
    return waiting < BACKLOG
  })
}
