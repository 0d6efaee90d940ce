import { Reporter } from "../../../../src/modules/jobqueue/lifecycle/report"
import { Reporting } from "../../../../src/modules/jobqueue/lifecycle/reporting"
import { JobAborted, Run } from "../../../../src/modules/jobqueue/lifecycle/run"
import type { ClaimedJob } from "../../../../src/modules/jobqueue/table/claimed-job"
import type { Report } from "../../../../src/modules/jobqueue/table/report"

type Answer = (reports: readonly Report[]) => Promise<readonly Report[]>

const owner = { onPerformed: () => undefined, onSettled: () => undefined }
const runOf = (id: number, claim = 1) =>
  new Run({ id, claim, identifier: "test", attempt: 1, timeout: null, keep: true } as ClaimedJob, owner)
const done = ({ progress }: Report) => progress?.done
const texts = ({ lines }: Report) => lines.map(({ message }) => message)

let logged: string[]
let statements: (readonly Report[])[]

/** A reporter on a backend whose answers the test decides, and what a run says through its context. */
function reporterOn(answer: Answer = () => Promise.resolve([])) {
  const logger = { warn: (text: string) => logged.push(text) } as never
  const report: Answer = (reports) => {
    statements.push(reports)
    return answer(reports)
  }
  const reporter = new Reporter({ report, progressOf: () => Promise.resolve(null) }, logger)
  return { reporter, says: (run: Run) => new Reporting(run, { reporter, logger }) }
}

describe("the reporter", () => {
  beforeEach(() => {
    jest.useFakeTimers()
    logged = []
    statements = []
  })
  afterEach(() => jest.useRealTimers())

  const pass = (milliseconds: number) => jest.advanceTimersByTimeAsync(milliseconds)

  it("writes the first report at once, and then what all runs said, once a second", async () => {
    const { says } = reporterOn()
    const [one, other] = [says(runOf(1)), says(runOf(2))]
    void one.progress(1)
    await pass(0)
    expect(statements.map((reports) => reports.map(done))).toEqual([[1]])

    for (let step = 2; step <= 1000; step++) {
      void one.progress(step)
      void other.progress(-step)
    }
    await pass(999)
    expect(statements).toHaveLength(1)
    await pass(1)
    expect(statements[1].map(done)).toEqual([1000, -1000])

    await pass(10_000)
    expect(statements).toHaveLength(2)
  })

  it("resolves each promise when what it said is written", async () => {
    const { says } = reporterOn()
    const run = says(runOf(1))
    await Promise.all([run.progress(1), run.log("a"), run.touch(), pass(0)])

    expect(statements).toHaveLength(1)
  })

  it("writes what is left of a run before its outcome, without waiting for the second to pass", async () => {
    const { reporter, says } = reporterOn()
    const run = runOf(1)
    void says(run).progress(1)
    await pass(0)
    void says(run).progress(2)
    reporter.close(run)
    await reporter.writeLast([run.claimed])

    expect(statements.map((reports) => reports.map(done))).toEqual([[1], [2]])
    expect(reporter.writeLast([run.claimed])).toBeUndefined()
  })

  it("lets outcomes of runs that said nothing wait for nothing", () => {
    const { reporter, says } = reporterOn()
    void says(runOf(1)).progress(1)

    expect(reporter.writeLast([runOf(2).claimed])).toBeUndefined()
    expect(statements).toEqual([])
  })

  it("waits for a report that is on its way before the outcome, and sends a run's reports in order", async () => {
    const answers: (() => void)[] = []
    const { reporter, says } = reporterOn(() => new Promise((resolve) => answers.push(() => resolve([]))))
    const run = runOf(1)
    void says(run).log("first")
    await pass(0)
    void says(run).log("second")
    let isWritten = false
    void reporter.writeLast([run.claimed])?.then(() => (isWritten = true))
    await pass(10)
    expect(statements).toHaveLength(1)

    answers[0]()
    await pass(0)
    expect(statements.map((reports) => reports.flatMap(texts))).toEqual([["first"], ["second"]])
    expect(isWritten).toBe(false)
    answers[1]()
    await pass(0)
    expect(isWritten).toBe(true)
  })

  it("holds an outcome up for two seconds at most", async () => {
    const { reporter, says } = reporterOn(() => new Promise(() => undefined))
    const run = runOf(1)
    const said = says(run).progress(1)
    let isOver = false
    void reporter.writeLast([run.claimed])?.then(() => (isOver = true))
    await pass(1999)
    expect(isOver).toBe(false)
    await pass(1)
    expect(isOver).toBe(true)

    reporter.close(run)
    reporter.forget(run)
    await expect(said).rejects.toMatchObject({ type: "not_allowed" })
    expect(logged).toEqual([expect.stringContaining("the last that it reported could not be written")])
  })

  it("keeps the latest progress and the last 200 lines over an outage, and tries less and less often", async () => {
    let isDown = true
    const { says } = reporterOn(() =>
      isDown ? Promise.reject(new Error("no database")) : Promise.resolve([])
    )
    const run = says(runOf(1))
    let isWritten = false
    void run.progress(0).then(() => (isWritten = true))
    for (let second = 1; second <= 20; second++) {
      await pass(1000)
      void run.progress(second)
      Array.from({ length: 15 }, (_, n) => void run.log(`${second}.${n}`))
    }
    expect(isWritten).toBe(false)
    expect(statements.length).toBeLessThanOrEqual(7)
    expect(logged).toHaveLength(statements.length)

    isDown = false
    await pass(5000)
    expect(isWritten).toBe(true)
    const [last] = statements[statements.length - 1]
    expect(done(last)).toBe(20)
    expect(last.lines).toHaveLength(200)
    expect(last.lines.at(-1)).toMatchObject({ message: "20.14", line: 300 })
  })

  it("says how old each line is when it is sent, also when it is sent again", async () => {
    let isDown = true
    const { says } = reporterOn(() =>
      isDown ? Promise.reject(new Error("no database")) : Promise.resolve([])
    )
    void says(runOf(1)).log("a line")
    await pass(0)
    isDown = false
    await pass(1000)

    expect(statements.map(([{ lines }]) => Math.round(lines[0].age))).toEqual([0, 1000])
  })

  it("aborts a run whose report is refused, and sends nothing more of it", async () => {
    const { says } = reporterOn((reports) => Promise.resolve(reports.filter(({ id }) => id === 1)))
    const [lost, other] = [runOf(1), runOf(2)]
    let refusal: unknown
    void says(lost)
      .touch()
      .catch((error: unknown) => (refusal = error))
    void says(other).touch()
    await pass(0)

    expect(refusal).toBeInstanceOf(JobAborted)
    expect([lost.cause, other.cause]).toEqual(["lost", undefined])
    await expect(says(lost).progress(1)).rejects.toBeInstanceOf(JobAborted)
    await pass(5000)
    expect(statements).toHaveLength(1)
  })

  it("takes a refusal after the end of the run for no loss: its outcome says what became of it", async () => {
    const { reporter, says } = reporterOn((reports) => Promise.resolve(reports))
    const run = runOf(1)
    void says(run).progress(1)
    reporter.close(run)
    await reporter.writeLast([run.claimed])

    expect(run.cause).toBeUndefined()
    expect(logged).toEqual([])
  })

  it("keeps two claims of one job apart", async () => {
    const { says } = reporterOn((reports) => Promise.resolve(reports.filter(({ claim }) => claim === 1)))
    const [before, now] = [runOf(1, 1), runOf(1, 2)]
    void says(before).progress(1)
    void says(now).progress(2)
    await pass(0)

    expect([before.cause, now.cause]).toEqual(["lost", undefined])
  })

  it("waits with what is said while a transaction completes the job, and goes on after its rollback", async () => {
    const { reporter, says } = reporterOn()
    const run = runOf(1)
    void says(run).progress(1)
    await reporter.hold(run)
    void says(run).progress(2)
    await pass(5000)
    expect(statements.map((reports) => reports.map(done))).toEqual([[1]])

    reporter.release(run)
    await pass(0)
    expect(statements.map((reports) => reports.map(done))).toEqual([[1], [2]])
  })

  it("splits what is too much for one statement", async () => {
    const { says } = reporterOn()
    for (let id = 1; id <= 60; id++) {
      const run = says(runOf(id))
      Array.from({ length: 200 }, (_, n) => void run.log(String(n)))
    }
    await pass(0)

    expect(statements.map(({ length }) => length)).toEqual([26, 26, 8])
  })
})
