import {
  Bindings,
  branchesOf,
  isByFinish,
  type JobFilters,
} from "../../../../src/modules/jobqueue/table/job-filters"

function read(filters: JobFilters) {
  const bindings = new Bindings()
  return { branches: branchesOf(filters, bindings), values: bindings.values }
}

describe("a list of jobs", () => {
  it("of every state walks the requests", () => {
    expect(read({}).branches).toEqual([{ table: "jobqueue_request", from: "from jobqueue_request t" }])
  })

  it("of living states walks the hot table, of finished ones the outcomes, of both each", () => {
    const tables = (state: JobFilters["state"]) => read({ state }).branches.map(({ table }) => table)
    expect(tables("pending")).toEqual(["jobqueue_live"])
    expect(tables(["failed", "canceled"])).toEqual(["jobqueue_outcome"])
    expect(tables(["failed", "held"])).toEqual(["jobqueue_live", "jobqueue_outcome"])
  })

  it("goes by the time of finishing only when all of it has finished", () => {
    expect(isByFinish({ state: ["failed", "completed"] })).toBe(true)
    expect(isByFinish({ state: ["failed", "held"] })).toBe(false)
    expect(isByFinish({})).toBe(false)
  })

  it("joins the request only where something of it is asked for", () => {
    expect(read({ state: "failed", queue: "mails" }).branches[0].from).not.toContain("jobqueue_request")
    expect(read({ state: "failed", store_id: "store_1" }).branches[0].from).toContain(
      "join jobqueue_request r"
    )
    expect(read({ store_id: "store_1" }).branches[0].from).toBe(
      "from jobqueue_request t where t.store_id = $1"
    )
  })

  it("binds whatever a person typed, and never writes it into the statement", () => {
    const evil = "'; drop table jobqueue_live; --"
    const { branches, values } = read({
      state: ["failed", "held"],
      queue: evil,
      identifier: evil,
      store_id: evil,
      resource_type: evil,
      resource_id: evil,
      tag: evil,
      q: evil,
      id: evil,
    })
    expect(branches.map(({ from }) => from).join()).not.toContain("drop")
    expect(values).toContain(evil)
  })

  it("takes a search as the text it is, and as an id where it can be one", () => {
    expect(read({ q: "100%_\\" }).values).toEqual(["%100\\%\\_\\\\%"])
    expect(read({ q: "1042" }).values).toEqual(["%1042%", 1042])
  })

  it("is empty for an id that no job can have", () => {
    expect(read({ id: "abc" }).branches[0].from).toContain("where false")
  })
})
