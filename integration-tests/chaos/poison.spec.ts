/** A job that kills its process: it is failed at its limit, and takes nobody with it. */
import { readEnded, unexpectedEnds } from "./accounts"
import { Fleet } from "./fleet"
import { IS_LONG, seededRandom, TEST_TIMEOUT } from "./length"
import { byJob, overlapping, readRuns, type Run } from "./runs"
import { Scene } from "./scene"
import { untilNoneIsLeft } from "./until"

jest.setTimeout(TEST_TIMEOUT)

/** The third crash that was begun as a suspect's fails it; the first may have come before anybody suspected it. */
const MOST_CRASHES = 4
/**
 * A job that dies with a poisoned process is a suspect from then on, and mostly runs beside no other one: two runs. A third
 * where it waited for so long that it had to begin in a group with the culprit (worker/suspects.ts, rule 2).
 */
const MOST_RUNS_OF_A_NEIGHBOUR = 3

describe("perform a job that kills its process", () => {
  let scene: Scene
  let fleet: Fleet
  let poison: string
  let neighbours: Map<string, string>
  let runs: Map<string, Run[]>

  beforeAll(async () => {
    const random = seededRandom("poison")
    scene = await Scene.open()
    // Fast: a lease is put into the past as soon as its process is dead.
    fleet = new Fleet(scene, { size: 2, options: { pollInterval: "200ms" }, endsLeases: !IS_LONG })
    const long = await enqueue("chaos.wait", 6, () => ({ ms: 2000 + Math.round(2000 * random()) }))
    const before = await enqueue("chaos.wait", 150, () => ({ ms: Math.round(100 * random()) }))
    ;[poison] = await enqueue("chaos.poison", 1)
    const after = await enqueue("chaos.wait", 150, () => ({ ms: Math.round(100 * random()) }))
    const short = await enqueue("chaos.nothing", 300)
    neighbours = new Map([...long, ...before, ...after, ...short].map((id) => [id, "completed"]))
    await fleet.start()
    await untilNoneIsLeft(scene, 300_000)
    runs = byJob(readRuns(scene.journal(), fleet.deaths))
  })
  afterAll(() => scene?.close())

  it("fails it at its limit of crashes", async () => {
    const ended = await readEnded(scene)

    expect(ended.find(({ id }) => id === poison)).toMatchObject({ state: "failed" })
    expect(runs.get(poison)!.length).toBeGreaterThanOrEqual(3)
    expect(runs.get(poison)!.length).toBeLessThanOrEqual(MOST_CRASHES)
  })

  it("completes the jobs beside it, the long and the short ones", async () => {
    expect(unexpectedEnds(neighbours, await readEnded(scene), [])).toEqual([])
  })

  it("harms none of them more than twice", () => {
    const often = [...neighbours.keys()].filter((id) => runs.get(id)!.length > MOST_RUNS_OF_A_NEIGHBOUR)

    expect(often.map((id) => `#${id} ran ${runs.get(id)!.length} times`)).toEqual([])
    expect(overlapping([...runs.values()].flat())).toEqual([])
  })

  const enqueue = (identifier: string, count: number, payload = (): object => ({})) =>
    scene.client.call<string[]>(
      "enqueueMany",
      identifier,
      Array.from({ length: count }, () => ({ payload: payload() }))
    )
})
