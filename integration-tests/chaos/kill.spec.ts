/** kill -9 of workers at random under load: nothing is lost, nothing runs twice at once, nothing is miscounted. */
import { miscounted, ORPHAN_MILLISECONDS, readEnded, returns, unexpectedEnds } from "./accounts"
import { Fleet } from "./fleet"
import { chosen, IS_LONG, seededRandom, TEST_TIMEOUT } from "./length"
import { enqueueMixed, type Load } from "./load"
import { overlapping, readRuns, type Run } from "./runs"
import { Scene } from "./scene"
import { untilNoneIsLeft } from "./until"

jest.setTimeout(TEST_TIMEOUT)

const MIXED = chosen({ fast: { count: 2500, slow: 8 }, long: { count: 50_000, slow: 2 } })
/** Quick jobs are claimed ahead. */
const QUICK = chosen({ fast: { count: 6000, slow: 0 }, long: { count: 100_000, slow: 0 } })
/**
 * Slow ones have most of a process's places when it is killed, and must not keep each other waiting. None is claimed
 * ahead: slow jobs that were (because quick ones came before) can be more than there are places for within the time.
 */
const SLOW = { count: 3000, slow: 40 }
const SLOW_OPTIONS = { prefetch: 0 }

const LOADS: [name: string, load: Load][] = [
  ["a mix of jobs", MIXED],
  ["quick jobs", QUICK],
  ...(IS_LONG ? [["slow jobs", SLOW] as [string, Load]] : []),
]

describe.each(LOADS)(
  "kill -9 of one of four workers every second or two, under a load of %s",
  (name, load) => {
    let scene: Scene
    let fleet: Fleet
    let expected: Map<string, string>
    let runs: Run[]

    beforeAll(async () => {
      const random = seededRandom(`kill, ${name}`)
      scene = await Scene.open()
      fleet = new Fleet(scene, { size: 4, options: load === SLOW ? SLOW_OPTIONS : {} })
      await fleet.start()
      const enough = new AbortController()
      const killing = fleet.killAtRandom(random, enough.signal)
      expected = await enqueueMixed(scene, random, load, hasTakenAway).finally(() => enough.abort())
      await killing
      await fleet.buried()
      await untilNoneIsLeft(scene, 2 * ORPHAN_MILLISECONDS)
      runs = readRuns(scene.journal(), fleet.deaths)
      tell()
    })
    afterAll(() => scene?.close())

    /** Some kill met a process that held jobs; of quick ones, jobs that it had claimed ahead. */
    const hasTakenAway = () => fleet.orphans.some(({ begun }) => load.slow > 0 || !begun)

    it("lets every job end, and as it must", async () => {
      expect(unexpectedEnds(expected, await readEnded(scene), fleet.orphans)).toEqual([])
    })

    it("never has two live runs of one job", () => {
      expect(overlapping(runs)).toEqual([])
    })

    it("starts what the dead left behind again within 20 s", () => {
      expect(fleet.orphans.length).toBeGreaterThan(0)
      const late = returns(fleet.orphans, runs).filter(({ after }) => after > ORPHAN_MILLISECONDS)
      expect(late.map(({ id, after }) => `#${id} ran again after ${Math.round(after)} ms`)).toEqual([])
    })

    it("finds quick jobs claimed ahead among what the dead left behind", () => {
      expect(load.slow > 0 || fleet.orphans.some(({ begun }) => !begun)).toBe(true)
    })

    it("counts the attempts that were begun, none of a job that was only claimed ahead, and none over the limit", async () => {
      expect(miscounted(await readEnded(scene), runs, fleet.orphans)).toEqual([])
    })

    it("ends no process but those that were killed", () => {
      expect(fleet.surprises()).toEqual([])
    })

    function tell(): void {
      const { deaths, orphans } = fleet
      const ahead = orphans.filter(({ begun }) => !begun).length
      const longest = Math.max(0, ...returns(orphans, runs).map(({ after }) => after))
      process.stderr.write(
        `kill, ${name}: ${deaths.length} kills, ${orphans.length} orphans, ${ahead} of them claimed ahead; ` +
          `they ran again after ${Math.round(longest / 1000)} s at most\n`
      )
    }
  }
)
