/**
 * The queue's tables as the scenarios fill them: millions of rows, as copies of one real row. Columns are read
 * from the catalog, so that a new one is copied too.
 */

/** What makes a copy of a pending job one of its kind. SQL expressions over the copied row, by table and column. */
const KINDS = {
  pending: {},
  scheduled: { live: { state: "'scheduled'", run_at: "now() + interval '1 day'" } },
  held: { live: { state: "'held'", priority: "10" } },
  unknown: {
    live: { identifier: "'bench.unknown'", priority: "10" },
    request: { identifier: "'bench.unknown'" },
  },
  finished: { outcome: completed("t.created_at") },
  expired: { outcome: completed("t.created_at - interval '1 year'") },
}

export const BACKLOGS = Object.keys(KINDS)

function completed(at) {
  return {
    state: "'completed'",
    attempts: "1",
    claim: "1000000001",
    started_at: at,
    finished_at: `${at} + interval '1 ms' * i`,
    result: "null",
  }
}

const COLUMNS = `
select table_name as table, column_name as column from information_schema.columns
where table_schema = 'public' and table_name like 'jobqueue%' order by ordinal_position`

/** Jobs copied by one statement. */
const CHUNK = 250_000

export class Tables {
  #client

  static async open({ Client }, url) {
    const client = new Client({ connectionString: url })
    client.on("error", () => undefined) // the database is dropped under it
    await client.connect()
    return new Tables(client)
  }

  constructor(client) {
    this.#client = client
  }

  close() {
    return this.#client.end()
  }

  /** Jobs that may run now, and have not ended. */
  async unfinished() {
    const { rows } = await this.#client.query(
      "select count(*) from jobqueue_live where state in ('pending', 'running', 'retrying')"
    )
    return Number(rows[0].count)
  }

  /** Makes `count` copies of the pending job `id`, and takes that one away. */
  async copyJob(id, count, kind) {
    const changes = KINDS[kind]
    const columns = await this.#columns()
    const target = changes.outcome ? "outcome" : "live"
    for (let from = 0; from < count; from += CHUNK) {
      const ids = [id, Math.min(CHUNK, count - from)]
      const { rows } = await this.#client.query(RESERVE_IDS, [ids[1]])
      const range = [...ids, rows[0].first]
      await this.#client.query(copying(columns, "request", "request", changes.request), range)
      await this.#client.query(copying(columns, "live", target, changes[target]), range)
    }
    await this.#client.query("delete from jobqueue_live where id = $1", [id])
    await this.#client.query("delete from jobqueue_request where id = $1", [id])
  }

  async #columns() {
    const { rows } = await this.#client.query(COLUMNS)
    const columns = {}
    for (const { table, column } of rows) (columns[table] ??= []).push(column)
    return columns
  }
}

const RESERVE_IDS = `
select setval('jobqueue_job_id_seq', nextval('jobqueue_job_id_seq') + $1) - $1 as first`

/** Copies of the row $1 of one table into one that shares columns with it: $2 of them, their ids from $3. */
function copying(columns, from, into, changes = {}) {
  const values = { id: "$3::bigint + i - 1", seq: "nextval('jobqueue_ready_seq')", ...changes }
  const present = columns[`jobqueue_${from}`]
  const names = columns[`jobqueue_${into}`].filter((name) => present.includes(name) || values[name])
  const expressions = names.map((name) => values[name] ?? `t.${name}`)
  return `insert into jobqueue_${into} (${names.join(", ")})
    select ${expressions.join(", ")} from jobqueue_${from} t, generate_series(1, $2::int) i where t.id = $1::bigint`
}
