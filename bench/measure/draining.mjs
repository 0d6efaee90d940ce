/** The span from "the workers may start" to "all jobs ran": what drains, backlogs and crowds have in common. */
import { until } from "./clock.mjs"

const SETTLED_SECONDS = 60
/** When nothing more ran for so long, something is lost. */
const STALLED_SECONDS = 30

/**
 * Starts `workers` processes and waits until the jobs with ids from 0 to `count` ran. With `whole` it also waits
 * until the system has no job left: results that wait to be written count.
 * @throws Error when a job was lost or ran twice
 */
export async function drain(session, { count, workers = 1, whole = true }) {
  const processes = []
  for (let i = 0; i < workers; i++) {
    processes.push(await session.worker({ handler: "noop", ids: count, target: count }))
  }
  await session.settle()
  const read = session.meter()
  await Promise.all(processes.map((process) => process.call("start")))
  await untilAllRan(processes, count)
  if (whole) await untilEmpty(session)
  const used = read()
  await checkOnce(processes, count)
  // Beside a backlog the span ends with the last of our own jobs, which the worker saw itself.
  const { reached } = processes[0].progress
  const took = whole || !reached ? used.seconds : (reached - used.begun) / 1e6
  return {
    ...used,
    ran: sum(processes, "ran"),
    perSecond: count / took,
    cpu: per10k(used, sum(processes, "ran")),
  }
}

/** CPU seconds of workers and server for 10,000 jobs. */
function per10k({ worker, server }, jobs) {
  return ((worker + server) / jobs) * 10_000
}

/** Resolves when the processes together performed `count` jobs; rejects when they seem to perform no more. */
export async function untilAllRan(processes, count) {
  const ran = () => sum(processes, "counted")
  for (let before = -1; ran() < count;) {
    if (before === ran()) throw new Error(`${before} of ${count} jobs ran, and none for ${STALLED_SECONDS} s`)
    before = ran()
    await until(() => ran() >= count, { every: 5, seconds: STALLED_SECONDS })
  }
}

/** Resolves when every result is written. */
export async function untilEmpty(session) {
  const isEmpty = async () => (await session.producer.call("pendingCount")) === 0
  if (await until(isEmpty, { seconds: SETTLED_SECONDS })) return
  throw new Error(`all jobs ran, but some were not settled within ${SETTLED_SECONDS} s`)
}

/** @throws Error that says how many of the ids from 0 to `count` never ran, or ran more than once */
export async function checkOnce(processes, count) {
  const total = new Uint32Array(count)
  for (const process of processes) {
    const { counts } = await process.call("report")
    Buffer.from(counts, "base64").forEach((times, id) => (total[id] += times))
  }
  const lost = total.filter((times) => times === 0).length
  const twice = total.filter((times) => times > 1).length
  if (lost + twice > 0) throw new Error(`of ${count} jobs ${lost} never ran and ${twice} ran more than once`)
}

function sum(processes, key) {
  return processes.reduce((total, { progress }) => total + progress[key], 0)
}
