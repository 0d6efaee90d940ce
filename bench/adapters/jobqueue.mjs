/**
 * JobQueue as a shop uses it: an AbstractJob, enqueued by the module's service and performed in the context of
 * its store, on the built plugin. The checkout is `cfg.source`, else BENCH_SOURCE, else this repository;
 * `cfg.options` are the configuration's plugin options, `cfg.plugin` and BENCH_OPTIONS (JSON) the run's.
 */
import path from "node:path"
import { boot, loadPlugin, migrate, schemaVersion } from "./jobqueue/boot.mjs"
import { defineJob } from "./jobqueue/job.mjs"
import { BACKLOGS, Tables } from "./jobqueue/tables.mjs"

const QUEUE = "bench"
const BATCH = 1000
const REPOSITORY = path.resolve(import.meta.dirname, "../..")

export default {
  name: "jobqueue",
  store: "pg",
  keepsFinished: true,
  hasBulk: true,
  backlogs: BACKLOGS,
  hotTables: ["jobqueue_live"],
  configs: {
    best: { options: { queues: { [QUEUE]: { concurrency: 100 } } } },
    forget: { options: { queues: { [QUEUE]: { concurrency: 100 } } }, keep: false },
    default: { options: {} },
    pruning: { options: { queues: { [QUEUE]: { concurrency: 100 } }, retention: { completed: "10s" } } },
  },
  version: (cfg) => schemaVersion(sourceOf(cfg)),
  create: ({ url, cfg, role }) => new JobQueue(url, cfg, role),
}

function sourceOf({ source }) {
  return path.resolve(source ?? process.env.BENCH_SOURCE ?? REPOSITORY)
}

/** The configuration's options, and over them those of this run. */
function optionsOf({ options, plugin }) {
  const given = { ...JSON.parse(process.env.BENCH_OPTIONS ?? "{}"), ...plugin }
  const queue = { ...options.queues?.[QUEUE], ...given.queues?.[QUEUE] }
  return { ...options, ...given, queues: { ...given.queues, [QUEUE]: queue } }
}

class JobQueue {
  #url
  #options
  #plugin
  #job
  #booted
  #tables
  #handler = () => undefined

  constructor(url, cfg, role) {
    this.#url = url
    this.#options = optionsOf(cfg)
    this.#plugin = loadPlugin(sourceOf(cfg))
    this.#job = defineJob(this.#plugin.surface, QUEUE, cfg.keep ?? true, (payload) => this.#handler(payload))
    // A worker is measured from the moment when it may start, so it boots before.
    if (role === "worker") this.ready = this.#boot("worker")
    this.ready?.catch(() => undefined) // whoever awaits it gets the error
  }

  setup() {
    return migrate(this.#plugin, this.#url)
  }

  async openProducer() {
    await (await this.#boot("server")).start()
    this.#tables = await Tables.open(this.#plugin.require("@medusajs/framework/pg"), this.#url)
  }

  async enqueueOne(data, { runAt } = {}) {
    const { service } = await this.#booted
    return service.enqueue(this.#job, data, runAt && { runAt })
  }

  async enqueueMany(datas, { runAt } = {}) {
    const { service } = await this.#booted
    const options = runAt && { runAt }
    return service.enqueueMany(
      this.#job,
      datas.map((payload) => ({ payload, ...options }))
    )
  }

  /** @param {(data: unknown) => unknown} handler - what `perform` calls with the payload */
  async startWorker(handler) {
    this.#handler = handler
    await (await this.#booted).start()
  }

  async stop() {
    const booted = await this.#booted?.catch(() => undefined) // whoever booted it had the error
    await booted?.stop()
  }

  async teardown() {
    await this.#tables?.close()
    await this.stop()
  }

  pendingCount() {
    return this.#tables.unfinished()
  }

  async seed(count, { offset = 0, runAt } = {}) {
    for (let from = 0; from < count; from += BATCH) {
      const length = Math.min(BATCH, count - from)
      await this.enqueueMany(
        Array.from({ length }, (_, index) => ({ id: offset + from + index })),
        { runAt }
      )
    }
  }

  /** @param {string} kind - one of `backlogs` */
  async seedBacklog(count, kind = "pending") {
    const { id } = await this.enqueueOne({ id: -1 })
    await this.#tables.copyJob(id, count, kind)
  }

  seedFinished(count) {
    return this.seedBacklog(count, "finished")
  }

  #boot(mode) {
    this.#booted ??= boot(this.#plugin, { url: this.#url, mode, options: this.#options })
    return this.#booted
  }
}
