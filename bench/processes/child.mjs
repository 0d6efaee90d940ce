/**
 * One measured process, a producer or a worker: `node child.mjs <JSON>`, forked by child-process.mjs. It answers
 * calls that come over IPC; the loops whose timing counts run here, so that no message stands between two jobs.
 */
import { producerVerbs } from "./producer.mjs"
import { workerVerbs } from "./worker.mjs"

const { adapter, cfg, url, role, work } = JSON.parse(process.argv[2])
const { default: system } = await import(`../adapters/${adapter}.mjs`)
const instance = system.create({ url, cfg, role })
const verbs = role === "worker" ? workerVerbs(instance, work, tell) : producerVerbs(instance)

process.on("message", async ({ call, verb, args }) => {
  try {
    tell({ call, value: await verbs[verb](...args) })
  } catch (error) {
    tell({ call, error: String(error?.stack ?? error) })
  }
})
process.on("disconnect", () => process.exit(0))

await instance.ready
tell({ event: "ready" })

function tell(message) {
  // The runner may be gone; then "disconnect" ends this process.
  if (process.connected) process.send(message, () => undefined)
}
