/** What a producer process does: everything that an adapter offers, and the loops that enqueue against time. */
import { monotonic, pause } from "../measure/clock.mjs"

export function producerVerbs(instance) {
  return {
    setup: () => instance.setup(),
    open: () => instance.openProducer(),
    seed: (count, options) => seed(instance, count, options),
    seedBacklog: (count, kind) => instance.seedBacklog(count, kind),
    pendingCount: () => instance.pendingCount(),
    enqueueStamped: (id) => instance.enqueueOne({ id, t: monotonic() }).then(() => undefined),
    enqueueInFlight: (options) => enqueueInFlight(instance, options),
    enqueueBulk: (options) => enqueueBulk(instance, options),
    sendSteadily: (options) => sendSteadily(instance, options),
    stop: () => instance.teardown(),
  }
}

async function seed(instance, count, { offset = 0, runAt } = {}) {
  const options = { offset, runAt: runAt && new Date(runAt) }
  if (instance.seed) return instance.seed(count, options)
  await enqueueBulk(instance, { count, batch: 1000, ...options })
}

/** Enqueues one by one from `inFlight` callers at the same time, until `count` or the time is reached. */
async function enqueueInFlight(instance, { inFlight, count, seconds }) {
  const end = performance.now() + seconds * 1000
  let sent = 0
  const caller = async () => {
    while (sent < count && performance.now() < end) await instance.enqueueOne({ id: sent++ })
  }
  await Promise.all(Array.from({ length: inFlight }, caller))
  return sent
}

async function enqueueBulk(instance, { count, batch, offset = 0, runAt }) {
  for (let from = 0; from < count; from += batch) {
    const length = Math.min(batch, count - from)
    const datas = Array.from({ length }, (_, index) => ({ id: offset + from + index }))
    await instance.enqueueMany(datas, { runAt })
  }
  return count
}

/** An open loop: late jobs are sent at once, and their latency counts from when they should have been sent. */
async function sendSteadily(instance, { rate, seconds }) {
  const begun = monotonic()
  const answers = []
  const total = rate * seconds
  while (answers.length < total) {
    const due = Math.min(total, Math.floor(((monotonic() - begun) / 1e6) * rate))
    while (answers.length < due) {
      const id = answers.length
      answers.push(instance.enqueueOne({ id, t: begun + (id / rate) * 1e6 }))
    }
    await pause(2)
  }
  await Promise.all(answers)
  return total
}
