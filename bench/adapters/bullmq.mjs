/** BullMQ 6 on Redis. `best` removes completed jobs; `keep` keeps them, and so does its default. */
import { Queue, Worker } from "bullmq"
import { Redis } from "ioredis"

const NAME = "jobs"
const PREFIX = "bull"
const SEED_BATCH = 5000
const LUA_BATCH = 20_000
const DAY = 86_400_000

/** The keys of a waiting and of a completed job in the layout of BullMQ 6, from ARGV[1] to ARGV[2]. */
const COPY = {
  pending: `
    for i = ARGV[1], ARGV[2] do
      local id = 'x' .. i
      redis.call('HSET', KEYS[1] .. ':' .. id, 'name', 'job', 'data', '{"id":-1}', 'opts', ARGV[4],
        'timestamp', ARGV[3], 'delay', '0', 'priority', '0')
      redis.call('LPUSH', KEYS[1] .. ':wait', id)
    end`,
  finished: `
    for i = ARGV[1], ARGV[2] do
      local id = 'f' .. i
      redis.call('HSET', KEYS[1] .. ':' .. id, 'name', 'job', 'data', '{"id":-1}', 'opts', ARGV[4],
        'timestamp', ARGV[3], 'delay', '0', 'priority', '0', 'processedOn', ARGV[3], 'finishedOn', ARGV[3],
        'ats', '1', 'atm', '1', 'returnvalue', 'null')
      redis.call('ZADD', KEYS[1] .. ':completed', ARGV[3] + i, id)
    end`,
}

export default {
  name: "bullmq",
  store: "redis",
  keepsFinished: true,
  hasBulk: true,
  backlogs: ["pending", "scheduled", "finished"],
  configs: {
    best: { worker: { concurrency: 100 }, job: { removeOnComplete: true, removeOnFail: 1000 } },
    keep: { worker: { concurrency: 100 }, job: {} },
    default: { worker: {}, job: {} },
  },
  version: () => "",
  create: ({ url, cfg }) => new BullMq(url, cfg),
}

class BullMq {
  #url
  #cfg
  #connection
  #queue
  #worker

  constructor(url, cfg) {
    this.#url = url
    this.#cfg = cfg
  }

  /** Redis needs no schema. */
  async setup() {}

  async openProducer() {
    this.#queue = new Queue(NAME, { connection: this.#connect(), prefix: PREFIX })
    await this.#queue.waitUntilReady()
  }

  enqueueOne(data, { runAt } = {}) {
    return this.#queue.add("job", data, this.#jobOptions(runAt))
  }

  enqueueMany(datas, { runAt } = {}) {
    return this.#queue.addBulk(datas.map((data) => ({ name: "job", data, opts: this.#jobOptions(runAt) })))
  }

  async seed(count, { offset = 0, runAt } = {}) {
    for (let from = 0; from < count; from += SEED_BATCH) {
      const length = Math.min(SEED_BATCH, count - from)
      await this.enqueueMany(
        Array.from({ length }, (_, index) => ({ id: offset + from + index })),
        { runAt }
      )
    }
  }

  async seedBacklog(count, kind = "pending") {
    if (kind === "scheduled") return this.seed(count, { offset: -count, runAt: new Date(Date.now() + DAY) })
    const options = JSON.stringify({ attempts: 0, ...this.#cfg.job })
    for (let from = 0; from < count; from += LUA_BATCH) {
      const last = Math.min(count, from + LUA_BATCH) - 1
      await this.#connection.eval(COPY[kind], 1, `${PREFIX}:${NAME}`, from, last, Date.now(), options)
    }
  }

  async startWorker(handler, { concurrency = this.#cfg.worker.concurrency } = {}) {
    const options = { connection: this.#connect(), prefix: PREFIX, autorun: false }
    this.#worker = new Worker(NAME, ({ data }) => handler(data), {
      ...options,
      ...this.#cfg.worker,
      ...(concurrency && { concurrency }),
    })
    this.#worker.on("error", (error) => console.error("bullmq", error.message))
    this.#worker.run().catch((error) => console.error("bullmq", error.message))
    await this.#worker.waitUntilReady()
  }

  async stop() {
    await this.#worker?.close()
    this.#connection?.disconnect()
  }

  async teardown() {
    await this.#queue?.close()
    this.#connection?.disconnect()
  }

  async pendingCount() {
    const counts = await this.#queue.getJobCounts("wait", "prioritized", "active", "paused")
    return Object.values(counts).reduce((sum, count) => sum + count, 0)
  }

  #connect() {
    this.#connection = new Redis(this.#url, { maxRetriesPerRequest: null, enableReadyCheck: false })
    return this.#connection
  }

  #jobOptions(runAt) {
    return runAt ? { ...this.#cfg.job, delay: Math.max(0, runAt.getTime() - Date.now()) } : this.#cfg.job
  }
}
