import {
  AdminGetJobCountsParams,
  AdminGetJobsParams,
  AdminUpdateSettings,
} from "../../../../src/api/admin/jobqueue/validators"

const problemsOf = (query: unknown) =>
  AdminGetJobsParams.safeParse(query).error?.issues.map(({ message }) => message) ?? []

describe("GET /admin/jobqueue/jobs", () => {
  it("lists the first 20 where nothing is said", () => {
    expect(AdminGetJobsParams.parse({})).toEqual({ limit: 20, offset: 0 })
  })

  it.each(["failed,held", ["failed", "held"], ["failed,held"], "failed,held,failed"])(
    "takes states as %j",
    (state) => {
      expect(AdminGetJobsParams.parse({ state }).state).toEqual(["failed", "held"])
    }
  )

  it.each([
    [{ limit: "0" }, "from 1 to 100"],
    [{ limit: "101" }, "from 1 to 100"],
    [{ limit: "-5" }, "from 1 to 100"],
    [{ limit: "1.5" }, "from 1 to 100"],
    [{ limit: "" }, "from 1 to 100"],
    [{ offset: "10001" }, "after"],
    [{ offset: "9".repeat(30) }, "after"],
    [{ after: "5", offset: "20" }, "not both"],
    [{ state: "nonsense" }, "got 'nonsense'"],
    [{ q: "a\u0000b" }, "U+0000"],
    [{ q: "\ud800" }, "lone surrogate"],
    [{ q: "   " }, "empty"],
    [{ resource_id: "order_1" }, "resource_type"],
  ])("refuses %j and says why", (query, reason) => {
    expect(problemsOf(query).join()).toContain(reason)
  })

  it.each([
    { limit: ["5"] },
    { q: ["a", "b"] },
    { queue: { a: "b" } },
    { state: { a: "failed" } },
    { unknown: "1" },
  ])("refuses %j", (query) => {
    expect(problemsOf(query)).not.toEqual([])
  })
})

describe("GET /admin/jobqueue/counts", () => {
  it("narrows by what has an index, and by nothing else", () => {
    expect(AdminGetJobCountsParams.safeParse({ store_id: "store_1", queue: "mails" }).success).toBe(true)
    expect(AdminGetJobCountsParams.safeParse({ q: "order" }).success).toBe(false)
  })
})

describe("POST /admin/jobqueue/settings", () => {
  it("takes a text, or null for none of its own", () => {
    for (const value of ["*/2 * * * *", null]) {
      expect(AdminUpdateSettings.parse({ "default_worker.cron": value })).toEqual({
        "default_worker.cron": value,
      })
    }
  })

  it.each([{}, { "default_worker.cron": 5 }, { "default_worker.cron": "" }, { other: "x" }, [], null])(
    "refuses %j",
    (body) => {
      expect(AdminUpdateSettings.safeParse(body).success).toBe(false)
    }
  )
})
