import { AbstractJob } from "../../../../src"
import { RegisteredClasses } from "../../../../src/modules/jobqueue/job/registry"

class Send extends AbstractJob {
  static identifier = "erp.send"
  perform() {}
}

class SendToo extends AbstractJob {
  static identifier = "erp.send"
  perform() {}
}

class Wrong extends AbstractJob {
  static identifier = "no spaces please"
  static maxAttempts = 0
  static backoff = { type: "linear" } as never
  static timeout = "soon"
  static schema = {} as never
  perform() {}
}

describe("the registry", () => {
  it("finds a class by its identifier", () => {
    const registry = new RegisteredClasses()
    registry.register(Send, "a.ts")
    expect(registry.get("erp.send")).toBe(Send)
    expect(registry.identifiers()).toEqual(["erp.send"])
  })

  it("names both files of a duplicate identifier", () => {
    const registry = new RegisteredClasses()
    registry.register(Send, "/shop/src/queue-jobs/a.ts")
    expect(() => registry.register(SendToo, "/shop/src/queue-jobs/b.ts")).toThrow(
      /"erp.send" is used by two job classes, in \/shop\/src\/queue-jobs\/a.ts and in \/shop\/src\/queue-jobs\/b.ts/
    )
    expect(registry.get("erp.send")).toBe(Send)
  })

  it("takes the same class twice, and a file that was loaded anew", () => {
    const registry = new RegisteredClasses()
    registry.register(Send, "a.ts")
    registry.register(Send, "b.ts")
    registry.register(SendToo, "b.ts")
    expect(registry.get("erp.send")).toBe(SendToo)
  })

  it("lists all that is wrong with a class at once", () => {
    const register = () => new RegisteredClasses().register(Wrong, "wrong.ts")
    expect(register).toThrow("the job class in wrong.ts has 5 problems")
    for (const field of ["identifier", "maxAttempts", "backoff", "timeout", "schema"]) {
      expect(register).toThrow(`static ${field}`)
    }
  })
})
