import { z } from "@medusajs/framework/zod"
import { AbstractJob, defineJob, type JobContext } from "../../../../src"
import { checkJobClass, isJobClass } from "../../../../src/modules/jobqueue/job/job-class"

const context = {} as JobContext

describe("defineJob", () => {
  const SendOrder = defineJob({
    identifier: "erp.send-order",
    queue: "orders",
    maxAttempts: 5,
    schema: z.object({ order_id: z.string(), times: z.coerce.number<string>() }),
    perform: (payload, _, { hold }) =>
      payload.times > 1 ? hold(`sent ${payload.times} times`) : payload.order_id,
  })

  it("gives a class like any other", () => {
    expect(isJobClass(SendOrder)).toBe(true)
    expect(() => checkJobClass(SendOrder, "a test")).not.toThrow()
    expect({ ...SendOrder }).toMatchObject({ identifier: "erp.send-order", queue: "orders", maxAttempts: 5 })
    expect((SendOrder as unknown as { name: string }).name).toBe("erp.send-order")
    expect(new SendOrder({ order_id: "1", times: "2" })).toBeInstanceOf(AbstractJob)
  })

  it("performs its function with the payload, and its outcomes are those of a class", async () => {
    class Held extends AbstractJob<object> {
      perform() {
        return this.hold("sent 2 times")
      }
    }
    const performed = (times: number) => new SendOrder({ order_id: "1", times } as never).perform(context)
    expect(await performed(1)).toBe("1")
    expect(await performed(2)).toEqual(new Held({}).perform())
  })

  it("has every outcome", async () => {
    const kinds = defineJob({
      identifier: "test.kinds",
      perform: (_, __, { retry, snooze, hold, fail, cancel }) =>
        [retry(), snooze("1m"), hold("x"), fail("x"), cancel("x")].map(({ kind }) => kind),
    })
    expect(await new kinds({}).perform(context)).toEqual(["retry", "snooze", "hold", "fail", "cancel"])
  })
})
