/** pg-boss 12. Its finished jobs stay in the table of the waiting ones until its maintenance deletes them. */
import { PgBoss } from "pg-boss"
import pg from "pg"
import { pinned } from "./pinned.mjs"

const QUEUE = "job"
const SEED_BATCH = 10_000

/** Copies of one waiting job, created after it. */
const COLUMNS = `
select string_agg(quote_ident(column_name), ', ' order by ordinal_position) as list
from information_schema.columns
where table_schema = 'pgboss' and table_name = 'job' and is_generated = 'NEVER'
  and column_name not in ('id', 'created_on')`

const FINISH = `
update pgboss.job set state = 'completed', started_on = now(), completed_on = now() where name = $1`
const POSTPONE = `
update pgboss.job set start_after = now() + interval '1 day' where name = $1`

export default {
  name: "pg-boss",
  store: "pg",
  keepsFinished: true,
  hasBulk: true,
  backlogs: ["pending", "scheduled", "finished"],
  hotTables: ["job", "job_common"],
  configs: {
    best: {
      notify: true,
      work: { batchSize: 500, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5, localConcurrency: 2 },
    },
    default: { notify: false, work: {} },
  },
  version: ({ notify }) => `${pinned("pg-boss")} ${notify}`,
  create: ({ url, cfg }) => new Boss(url, cfg),
}

class Boss {
  #url
  #cfg
  #boss
  #pool

  constructor(url, cfg) {
    this.#url = url
    this.#cfg = cfg
  }

  async setup() {
    this.#boss = await this.#start({ supervise: false, schedule: false })
    // The number above which it warns about a long queue.
    await this.#boss.createQueue(QUEUE, { notify: this.#cfg.notify, warningQueueSize: 100_000_000 })
  }

  async openProducer() {
    this.#boss = await this.#start({ supervise: false, schedule: false, max: 32 })
    this.#pool = new pg.Pool({ connectionString: this.#url, max: 2 })
    this.#pool.on("error", () => undefined)
  }

  enqueueOne(data, { runAt } = {}) {
    return this.#boss.send(QUEUE, data, { startAfter: runAt })
  }

  enqueueMany(datas, { runAt } = {}) {
    return this.#boss.insert(
      QUEUE,
      datas.map((data) => (runAt ? { data, startAfter: runAt } : { data }))
    )
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

  /** @param {"pending" | "scheduled" | "finished"} kind - others than pending are seeded before any other job */
  async seedBacklog(count, kind = "pending") {
    await this.seed(1, { offset: -1 })
    const { rows } = await this.#pool.query(COLUMNS)
    await this.#pool.query(
      `insert into pgboss.job (created_on, ${rows[0].list})
       select created_on + interval '1 second', ${rows[0].list} from (
         select * from pgboss.job where name = $1 and state = 'created' order by created_on desc limit 1
       ) one, generate_series(2, $2::int)`,
      [QUEUE, count]
    )
    if (kind === "finished") await this.#pool.query(FINISH, [QUEUE])
    if (kind === "scheduled") await this.#pool.query(POSTPONE, [QUEUE])
  }

  async startWorker(handler) {
    this.#boss = await this.#start({ useListenNotify: this.#cfg.notify })
    await this.#boss.work(QUEUE, this.#cfg.work, (jobs) => Promise.all(jobs.map(({ data }) => handler(data))))
  }

  async stop() {
    await this.#boss?.stop({ graceful: true, timeout: 5000 })
  }

  async teardown() {
    await this.#boss?.stop({ graceful: false })
    await this.#pool?.end()
  }

  async pendingCount() {
    const { rows } = await this.#pool.query(
      `select count(*) from pgboss.job
       where name = $1 and state in ('created', 'retry', 'active') and start_after <= now()`,
      [QUEUE]
    )
    return Number(rows[0].count)
  }

  async #start(options) {
    const boss = new PgBoss({ connectionString: this.#url, ...options })
    boss.on("error", (error) => console.error("pg-boss", error.message))
    boss.on("warning", () => undefined)
    await boss.start()
    return boss
  }
}
