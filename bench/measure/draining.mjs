/** The span from "the worker may start" to "everything ran": what drains, backlogs and crowds have in common. */
import { until } from "./clock.mjs"

/**
 * Starts `workers` processes and waits until `target` jobs ran. With `whole` it also waits until the system has
 * no job left: results that wait to be written count.
 * @throws Error when a job was lost or ran twice, or when it takes too long
 */
export async function drain(session, { target, workers = 1, whole = true, ids = target, seconds = 300 }) {
  const work = { handler: "noop", ids, target: workers === 1 ? target : undefined }
  const processes = []
  for (let i = 0; i < workers; i++) processes.push(await session.worker(work))
  await session.settle()
  const read = session.meter()
  await Promise.all(processes.map((process) => process.call("start")))
  const ran = () => processes.reduce((sum, { progress }) => sum + progress.ran, 0)
  const inTime = await until(() => ran() >= target, { every: 5, seconds })
  if (!inTime) throw new Error(`only ${ran()} of ${target} jobs ran within ${seconds} s`)
  const emptied =
    !whole || (await until(async () => (await session.producer.call("pendingCount")) === 0, { seconds: 60 }))
  const used = read()
  if (!emptied) throw new Error("all jobs ran, but some were not settled within a minute")
  const counted = ran()
  if (ids > 0) await checkOnce(processes, ids)
  return { ...used, ran: counted, perSecond: counted / used.seconds, cpu: per10k(used, counted) }
}

/** CPU seconds of workers and server for 10,000 jobs. */
export function per10k({ worker, server }, jobs) {
  return ((worker + server) / jobs) * 10_000
}

/** @throws Error that says how many of the ids below `ids` never ran, or ran more than once */
export async function checkOnce(processes, ids) {
  const total = new Uint32Array(ids)
  for (const process of processes) {
    const { counts } = await process.call("report")
    Buffer.from(counts, "base64").forEach((count, id) => (total[id] += count))
  }
  const lost = total.filter((count) => count === 0).length
  const twice = total.filter((count) => count > 1).length
  if (lost + twice > 0) throw new Error(`of ${ids} jobs ${lost} never ran and ${twice} ran more than once`)
}
