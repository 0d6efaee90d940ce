import { VERSION } from "../../../src/modules/jobqueue/constants"
import { version } from "../../../package.json"

it("the version that a worker shows is the package's", () => {
  expect(VERSION).toBe(version)
})
