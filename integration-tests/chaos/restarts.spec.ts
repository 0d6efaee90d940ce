/** Start and stop the module many times in one process: nothing of it stays behind. */
import { chosen, TEST_TIMEOUT } from "./length"
import type { Belongings } from "./process/restarts"
import { Scene } from "./scene"
import { until } from "./until"

jest.setTimeout(TEST_TIMEOUT)

const RESTARTS = chosen({ fast: 50, long: 500 })

describe("start and stop the module many times in one process", () => {
  let scene: Scene

  beforeAll(async () => {
    scene = await Scene.open()
    await scene.client.kill("SIGTERM")
  })
  afterAll(() => scene?.close())

  it("leaves no timer, thread, listener or connection behind", async () => {
    const child = scene.spawn({ pollInterval: "50ms" }, { restarts: RESTARTS }, "restarts.js")
    const { before, after } = (await child.ready) as { before: Belongings; after: Belongings }

    expect(after).toEqual(before)
    expect(after.resources).not.toHaveProperty("Timeout")
    expect(after.resources).not.toHaveProperty("TCPSocketWrap")
    expect(after.listeners).toMatchObject({ SIGTERM: 0, SIGINT: 0 })
    // The server forgets a connection a moment after its client has closed it.
    await until(
      scene,
      "the server has no connection of it",
      async () => (await connections()).length === 0,
      5000
    )
    expect(await scene.sql("select from jobqueue_worker")).toEqual([])
    expect(child.lines.filter((line) => /warning|error/i.test(line))).toEqual([])
  })

  const connections = () =>
    scene.sql(
      `select application_name from pg_stat_activity
       where datname = current_database() and application_name <> 'test' and backend_type = 'client backend'`
    )
})
