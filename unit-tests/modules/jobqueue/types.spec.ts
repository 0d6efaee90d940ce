/** What must not compile. `npm run types` fails when one of these is no error any more. */
import { z } from "@medusajs/framework/zod"
import { AbstractJob, defineJob, type JobQueueService } from "../../../src"

class SendOrder extends AbstractJob<{ order_id: string }> {
  static identifier = "types.send-order"
  perform() {}
}

declare module "../../../src" {
  interface JobRegistry {
    "types.send-order": SendOrder
    "types.mail": { payload: { to: string } }
  }
}

/** Only compiled: it is never called. */
export function wrongUses(jobqueue: JobQueueService) {
  const container = { resolve: () => jobqueue as never }
  const order_id = "order_1"
  return [
    jobqueue.enqueue(SendOrder, { order_id }),
    jobqueue.enqueue("types.send-order", { order_id }),
    jobqueue.enqueue("types.mail", { to: "ada@example.com" }),
    jobqueue.enqueue("types.unknown", { any: ["json", 1, null] }),
    jobqueue.enqueueMany("types.mail", [{ payload: { to: "ada@example.com" }, delay: "5m" }]),

    // @ts-expect-error -- not the payload of the class
    jobqueue.enqueue(SendOrder, { order: order_id }),
    // @ts-expect-error -- a wrong type in the payload of the class
    jobqueue.enqueue(SendOrder, { order_id: 1 }),
    // @ts-expect-error -- not the payload that the registry has for this identifier
    jobqueue.enqueue("types.send-order", { order_id: 1 }),
    // @ts-expect-error -- the same of an entry that is no class
    jobqueue.enqueue("types.mail", { from: "ada@example.com" }),
    // @ts-expect-error -- the same in a list
    jobqueue.enqueueMany("types.mail", [{ payload: {} }]),
    // @ts-expect-error -- no JSON
    jobqueue.enqueue("types.unknown", { f: () => 1 }),
    // @ts-expect-error -- a date is no JSON
    jobqueue.enqueue("types.unknown", { at: new Date() }),
    // @ts-expect-error -- an unknown option
    jobqueue.enqueue(SendOrder, { order_id }, { priorty: 1 }),
    // @ts-expect-error -- a unique job needs a key
    jobqueue.enqueue(SendOrder, { order_id }, { unique: { within: "1m" } }),
    // @ts-expect-error -- an unknown way
    jobqueue.enqueue(SendOrder, { order_id }, { unique: { key: "k", onConflict: "skip" } }),
    // @ts-expect-error -- an unknown state
    new SendOrder({ order_id }).setUnique({ key: "k", while: ["done"] }),
    // @ts-expect-error -- no duration
    new SendOrder({ order_id }).setDelay("5 minutes"),
    // @ts-expect-error -- half a resource
    new SendOrder({ order_id }).setResource({ type: "order" }).enqueue(container),
  ]
}

/** Only compiled, like the above. */
export function wrongDefinitions(jobqueue: JobQueueService) {
  const schema = z.object({ order_id: z.string(), at: z.coerce.date<string>() })
  const Defined = defineJob({
    identifier: "types.defined",
    schema,
    // The payload as the schema makes it.
    perform: ({ order_id, at }) => `${order_id} ${at.getTime()}`,
  })
  const Plain = defineJob({ identifier: "types.plain", perform: ({ n }: { n: number }) => n })
  return [
    jobqueue.enqueue(Defined, { order_id: "1", at: "2026-01-31" }),
    jobqueue.enqueue(Plain, { n: 1 }),
    // @ts-expect-error -- the payload as the schema takes it
    jobqueue.enqueue(Defined, { order_id: "1", at: new Date() }),
    // @ts-expect-error -- the type of perform's parameter
    jobqueue.enqueue(Plain, { n: "1" }),
    // @ts-expect-error -- no such field in the schema
    defineJob({ identifier: "types.wrong", schema, perform: ({ order }) => String(order) }),
    // @ts-expect-error -- an outcome without its reason
    defineJob({ identifier: "types.wrong", perform: (_, __, { hold }) => hold() }),
    // @ts-expect-error -- a result that is no JSON
    defineJob({ identifier: "types.wrong", perform: () => new Date() }),
    // @ts-expect-error -- no identifier
    defineJob({ perform: () => 1 }),
  ]
}

describe("the types", () => {
  it("refuse what they must (tsc says so)", () => {
    expect([wrongUses, wrongDefinitions].map((uses) => typeof uses)).toEqual(["function", "function"])
  })
})
