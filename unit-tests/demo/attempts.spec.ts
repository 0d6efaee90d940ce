import { resolve } from "node:path"

interface Attempts {
  attempts: number
  errors: string[]
}
type ExpectedOf = (planned: Attempts & { state: string }, seen: Attempts, deaths: number) => Attempts

const DIED =
  "The worker process that performed this attempt died, or lost the database for longer than its lease."
const DEATH = "The worker process that performed this attempt died"
const REFUSED = "ERP answered 422"

describe("what the demo expects of a job whose server was killed", () => {
  let expectedOf: ExpectedOf

  beforeAll(async () => {
    const file = resolve(__dirname, "../../demo/attempts.mjs")
    ;({ expectedOf } = (await import(file)) as { expectedOf: ExpectedOf })
  })

  it("counts the attempt that was cut short on top", () => {
    const planned = { state: "completed", attempts: 1, errors: [] }
    expect(expectedOf(planned, { attempts: 2, errors: [DIED] }, 1)).toEqual({
      attempts: 2,
      errors: [DEATH],
    })
  })

  it("lets the death stand for the last attempt of a job that fails for good", () => {
    const planned = { state: "failed", attempts: 2, errors: [REFUSED, REFUSED] }
    const seen = { attempts: 2, errors: [`${REFUSED}: unknown SKU`, DIED] }
    expect(expectedOf(planned, seen, 1)).toEqual({ attempts: 2, errors: [REFUSED, DEATH] })
  })

  it("lets the death stand for an answer that was lost with the server", () => {
    const planned = { state: "completed", attempts: 3, errors: [REFUSED, REFUSED] }
    const seen = { attempts: 3, errors: [DIED, REFUSED] }
    expect(expectedOf(planned, seen, 1)).toEqual({ attempts: 3, errors: [DEATH, REFUSED] })
  })

  it("counts one death for each time that the server was killed", () => {
    const planned = { state: "completed", attempts: 1, errors: [] }
    expect(expectedOf(planned, { attempts: 3, errors: [DIED, DIED] }, 2)).toEqual({
      attempts: 3,
      errors: [DEATH, DEATH],
    })
  })

  it("expects no death where nothing was killed, nor a second one", () => {
    const planned = { state: "completed", attempts: 1, errors: [] }
    expect(expectedOf(planned, { attempts: 2, errors: [DIED] }, 0)).toEqual({ attempts: 1, errors: [] })
    expect(expectedOf(planned, { attempts: 3, errors: [DIED, DIED] }, 1).errors).toEqual([DEATH])
  })
})
