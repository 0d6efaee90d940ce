/** The first version: jobs come as one JSON document, whatever their number, and so does what came of them. */
import { IDENTIFIER, LIMIT, QUEUE, type Bindings, type Ending, type Held } from "../../bindings"

export const bindings: Bindings = {
  enqueue: (count, delay) => [
    "enqueue",
    [JSON.stringify(Array.from({ length: count }, (_, n) => job(n, delay)))],
  ],
  claim: (worker, claim) => ["claim", [claim, worker, QUEUE, [IDENTIFIER], LIMIT]],
  settle: (ending, jobs, delay) => [
    ending === "retrying" || ending === "held" ? "move_on" : "finish",
    [
      jobs.map(({ id }) => id),
      JSON.stringify(Object.fromEntries(jobs.map((one) => [one.id, came(ending, one, delay)]))),
    ],
  ],
  look: (worker) => ["look", [worker]],
  bury: () => ["rescue_bury", []],
}

function job(ord: number, delay: number) {
  return {
    ...{ ord, queue: QUEUE, identifier: IDENTIFIER, name: "Scripted", store_id: null, store_assumed: false },
    ...{
      resource_type: null,
      resource_id: null,
      tags: [],
      context: {},
      payload: {},
      timeout: null,
      keep: true,
    },
    ...{ backoff: { type: "fixed", delay: 0 }, priority: 100, max_attempts: 25, fixed_run_at: null, delay },
  }
}

function came(state: Ending, { claim, attempt }: Held, delay: number) {
  const error_name = state === "completed" ? null : "Error"
  return {
    ...{
      claim,
      state,
      attempt,
      worker: "old host:1",
      delay,
      uncounted: false,
      refunded: false,
      reason: null,
    },
    ...{ keep: true, error_name, error_message: error_name && "not this time", error_stack: null },
  }
}
