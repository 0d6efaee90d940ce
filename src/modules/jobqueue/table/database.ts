/**
 * The queue's own connections, apart from the ORM's: a named pool whose size is ours, and the one
 * interface through which all SQL of this folder runs.
 */
import {
  Pool,
  type ClientConfig,
  type PoolClient,
  type PoolConfig,
  type QueryArrayConfig,
} from "@medusajs/framework/pg"
import { CachedPlans } from "./cached-plans"
import { isLostName, RAW_TYPES, ROW_TYPES, type Answer, type Statement } from "./statement"

/** Anything that runs a statement: the pool, one connection in a transaction, a caller's transaction. */
export interface Sql {
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>
  /** For the hot path: rows as arrays, in the order of the columns. */
  run(statement: Statement, values: readonly unknown[]): Promise<Answer>
}

/** How to reach the shop's Postgres. */
export interface ConnectionSettings {
  connectionString: string
  ssl?: PoolConfig["ssl"]
  /** Asked at every connect, for passwords that expire. */
  password?: PoolConfig["password"]
  /** The schema of the shop's tables. */
  searchPath?: string
}

export interface DatabaseSettings extends ConnectionSettings {
  poolSize: number
  /** A transaction pooler stands in front of the server: nothing is prepared by name. Default false. */
  pooler?: boolean
  /** Milliseconds that only go up; for tests. */
  now?: () => number
  onError: (error: Error) => void
}

const APPLICATION_NAME = "jobqueue"
const CONNECTION_TIMEOUT = 10_000

/**
 * A statement whose answer does not come within this time counts as lost, and its connection as dead: a socket may be
 * half-open. Those of the hot path take milliseconds; a vacuum or a batch of the pruner may take long.
 */
const HOT_LIMIT = 10_000
const LIMIT = 60_000

export class Database implements Sql {
  readonly connection: ConnectionSettings
  readonly #pool: Pool
  readonly #plans: CachedPlans
  #preparesByName: boolean
  #closed: Promise<void> | undefined

  constructor(settings: DatabaseSettings) {
    const { poolSize, pooler = false, now = () => performance.now(), onError, ...connection } = settings
    this.connection = connection
    this.#plans = new CachedPlans(now)
    this.#preparesByName = !pooler
    this.#pool = new Pool({
      ...clientConfig(connection),
      application_name: APPLICATION_NAME,
      max: poolSize,
      connectionTimeoutMillis: CONNECTION_TIMEOUT,
      query_timeout: LIMIT,
      keepAlive: true,
      types: ROW_TYPES,
    })
    // A connection that the server ended, idle or in a transaction: the pool makes a new one at the next statement,
    // and the statement under way rejects. Without a listener the event would end the process.
    this.#pool.on("error", onError)
    this.#pool.on("connect", (client) => client.on("error", () => undefined))
  }

  async query<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const { rows } = await this.#pool.query(text, [...values])
    return rows as Row[]
  }

  async run({ name, text }: Statement, values: readonly unknown[]): Promise<Answer> {
    if (!this.#preparesByName) {
      return runOn(this.#pool, { text }, values)
    }
    try {
      return await this.#runByName({ name, text }, values)
    } catch (error) {
      if (!isLostName(error)) {
        throw error
      }
      this.#preparesByName = false
      return this.run({ name, text }, values)
    }
  }

  /** Commits what `work` did, or rolls it back when `work` throws. */
  async transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect()
    try {
      await client.query("begin")
      const result = await work(onClient(client))
      await client.query("commit")
      client.release()
      return result
    } catch (error) {
      await rollBack(client)
      throw error
    }
  }

  /** Waits for running statements; later ones are refused. May be called twice. */
  close(): Promise<void> {
    this.#closed ??= this.#pool.end()
    return this.#closed
  }

  get isClosed(): boolean {
    return this.#closed !== undefined
  }

  /** A connection on which it failed is not used again, as with the pool's own queries. */
  async #runByName(named: Statement, values: readonly unknown[]): Promise<Answer> {
    const client = await this.#pool.connect()
    try {
      await this.#plans.renew(client)
      const answer = await runOn(client, named, values)
      client.release()
      return answer
    } catch (error) {
      client.release(error as Error)
      throw error
    }
  }
}

/** For pg's own clients: the search path is a startup option, because a pooled session may not be ours to set. */
export function clientConfig({
  connectionString,
  ssl,
  password,
  searchPath,
}: ConnectionSettings): ClientConfig {
  return {
    connectionString,
    ssl,
    ...(password === undefined ? {} : { password }),
    ...(searchPath === undefined || searchPath === "public"
      ? {}
      : { options: `-c search_path=${searchPath}` }),
  }
}

/** The server's own words for an end of the connection, and those of the client. */
const LOST = /^(08...|57P0[1-3])$|^(ECONNRESET|EPIPE|ETIMEDOUT)$/
const TERMINATED = /Connection terminated|Client has encountered a connection error|Query read timeout/

/** True when a statement may have been carried out although its answer never came. */
export function isLostConnection(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown }
  return LOST.test(String(code)) || TERMINATED.test(String(message))
}

/** Runs statements on one connection, for example one that has a transaction open. */
export function onClient(client: Pick<PoolClient, "query">): Sql {
  return {
    async query<Row>(text: string, values: readonly unknown[] = []) {
      const { rows } = await client.query({ text, values: [...values], types: ROW_TYPES })
      return rows as Row[]
    },
    run: ({ text }, values) => runOn(client, { text }, values),
  }
}

async function runOn(
  client: Pick<PoolClient, "query">,
  query: { text: string; name?: string },
  values: readonly unknown[]
): Promise<Answer> {
  const { rows, rowCount } = await client.query<unknown[]>({
    ...query,
    values: values as unknown[],
    rowMode: "array",
    types: RAW_TYPES,
    query_timeout: HOT_LIMIT,
  } as QueryArrayConfig)
  return { rows, count: rowCount ?? 0 }
}

/** A connection that can't even roll back is not given back to the pool. */
async function rollBack(client: PoolClient): Promise<void> {
  try {
    await client.query("rollback")
    client.release()
  } catch (error) {
    client.release(error as Error)
  }
}
