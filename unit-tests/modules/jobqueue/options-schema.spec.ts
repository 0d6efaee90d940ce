import { parseOptions } from "../../../src/modules/jobqueue/options-schema"

describe("the plugin's options", () => {
  it("have a default for everything", () => {
    expect(parseOptions({ database: { clientUrl: "injected by Medusa" } })).toEqual({
      queues: {},
      defaultQueue: "default",
      mode: "queue",
      worker: true,
      concurrency: 10,
      pollInterval: 1000,
      shutdownGrace: 25_000,
      maxPayloadBytes: 65_536,
      retention: { completed: 604_800_000, failed: 7_776_000_000, canceled: 7_776_000_000 },
      defaultWorker: { enabled: true, cron: "*/5 * * * *", limit: 1000, budget: 50_000 },
      middleware: [],
      hookTimeout: 5000,
      callbackRate: { perAddress: 300, overall: 3000 },
      poolSize: 4,
      pooler: false,
      strict: false,
      prefetch: 500,
    })
  })

  it("are refused with all problems at once, their paths, and what was probably meant", () => {
    const parse = () =>
      parseOptions({
        concurency: 5,
        maxAttempts: 0,
        timeout: "5 minutes",
        queues: { orders: { concurrency: 0, prority: 1 } },
        retention: { completed: "forever" },
        defaultWorker: { cron: "61 * * * *" },
        resolveStore: "store_01",
      })
    expect(parse).toThrow("the plugin's options have 8 problems")
    for (const problem of [
      'concurency: unknown option (did you mean "concurrency"?)',
      "maxAttempts: Too small",
      'timeout: expected a duration (milliseconds, or a text such as "30s", "5m", "1h", "2d"), got "5 minutes"',
      "queues.orders.concurrency: Too small",
      'queues.orders.prority: unknown option (did you mean "priority"?)',
      "retention.completed: expected a duration",
      'defaultWorker.cron: "61 * * * *" is no cron pattern',
      "resolveStore: expected a function",
    ]) {
      expect(parse).toThrow(problem)
    }
  })
})
