/** Facts that jobs share are bound once, completions are settled by ids and tokens alone. */
import { IDENTIFIER, QUEUE, type Bindings, type Ending, type Held } from "../../bindings"

export const bindings: Bindings = {
  enqueue(count, delay) {
    const each = <T>(value: T): T[] => Array<T>(count).fill(value)
    const facts = [
      [QUEUE],
      [IDENTIFIER],
      [null],
      [false],
      ["{}"],
      ['{"type":"fixed","delay":0}'],
      [null],
      [true],
      [100],
    ]
    const jobs = [each(1), each("Scripted"), each(null), each(null), each("{}"), each(null), each(delay)]
    return ["enqueue", [...facts, [25], ["{}"], ...jobs, []]]
  },
  claim: (worker, claim) => ["claim", [claim, worker, QUEUE, [IDENTIFIER]]],
  settle(ending, jobs, delay) {
    const ids = jobs.map(({ id }) => id)
    if (ending === "completed") {
      return ["complete", [ids, [...new Set(jobs.map(({ claim }) => claim))]]]
    }
    const came = Object.fromEntries(jobs.map((job) => [job.id, whatCame(ending, job, delay)]))
    return [ending === "retrying" || ending === "held" ? "move_on" : "finish", [ids, JSON.stringify(came)]]
  },
  look: (worker) => ["look", [worker]],
  bury: (rescuer) => ["rescue_bury", [rescuer]],
}

function whatCame(state: Ending, { claim, attempt }: Held, delay: number) {
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
    ...{ keep: true, error_name: "Error", error_message: "not this time", error_stack: null },
  }
}
