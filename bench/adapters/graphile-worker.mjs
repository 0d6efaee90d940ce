/** graphile-worker 0.18. `best` is the configuration of its own performance test; it keeps no finished job. */
import { Logger, makeWorkerUtils, run } from "graphile-worker"
import pg from "pg"
import { pinned } from "./pinned.mjs"

const TASK = "job"
const SEED_BATCH = 100_000
const quiet = { worker: { logger: new Logger(() => () => undefined) } }

/** $1 jobs with ids from $2; the task's name and what else differs come as JSON. */
const SEED = `
select 1 from graphile_worker.add_jobs(array(
  select json_populate_record(null::graphile_worker.job_spec,
    json_build_object('identifier', $3::text, 'payload', json_build_object('id', i), 'run_at', $4::timestamptz,
      'priority', $5::int))
  from generate_series($2::int, $2::int + $1::int - 1) i))`

/** What makes a job one of a backlog: ids below 0 are counted by nobody. */
const BACKLOGS = {
  pending: {},
  scheduled: { runAt: new Date(Date.now() + 86_400_000) },
  unknown: { task: "unknown", priority: -10 },
}

export default {
  name: "graphile-worker",
  store: "pg",
  keepsFinished: false,
  hasBulk: true,
  backlogs: Object.keys(BACKLOGS),
  hotTables: ["_private_jobs"],
  configs: {
    best: {
      concurrency: 24,
      worker: {
        localQueue: { size: 500, refetchDelay: { durationMs: 10 } },
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
      },
    },
    default: { concurrency: 1, worker: {} },
  },
  version: () => pinned("graphile-worker"),
  create: ({ url, cfg }) => new GraphileWorker(url, cfg),
}

class GraphileWorker {
  #url
  #cfg
  #pool
  #queue
  #runner

  constructor(url, cfg) {
    this.#url = url
    this.#cfg = cfg
  }

  async setup() {
    await this.openProducer()
    await this.#queue.migrate()
  }

  async openProducer() {
    this.#pool = new pg.Pool({ connectionString: this.#url, max: 32 })
    this.#pool.on("error", () => undefined)
    this.#pool.on("connect", (client) => client.on("error", () => undefined)) // it asks for this handler too
    this.#queue = await makeWorkerUtils({ pgPool: this.#pool, preset: quiet })
  }

  enqueueOne(data, { runAt } = {}) {
    return this.#queue.addJob(TASK, data, { runAt })
  }

  enqueueMany(datas, { runAt } = {}) {
    return this.#queue.addJobs(datas.map((payload) => ({ identifier: TASK, payload, runAt })))
  }

  async seed(count, { offset = 0, runAt, task = TASK, priority = 0 } = {}) {
    for (let from = 0; from < count; from += SEED_BATCH) {
      const values = [Math.min(SEED_BATCH, count - from), offset + from, task, runAt, priority]
      await this.#pool.query(SEED, values)
    }
  }

  seedBacklog(count, kind = "pending") {
    return this.seed(count, { offset: -count - 1, ...BACKLOGS[kind] })
  }

  async startWorker(handler, { concurrency = this.#cfg.concurrency } = {}) {
    const worker = {
      ...quiet.worker,
      ...this.#cfg.worker,
      connectionString: this.#url,
      concurrentJobs: concurrency,
      maxPoolSize: Math.max(10, concurrency + 1),
    }
    const taskList = { [TASK]: (payload) => handler(payload) }
    this.#runner = await run({ preset: { worker }, taskList, noHandleSignals: true })
  }

  async stop() {
    await this.#runner?.stop()
  }

  async teardown() {
    await this.#queue?.release()
    await this.#pool?.end()
  }

  async pendingCount() {
    const { rows } = await this.#pool.query(
      "select count(*) from graphile_worker._private_jobs where run_at <= now()"
    )
    return Number(rows[0].count)
  }
}
