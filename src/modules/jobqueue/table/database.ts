/**
 * The queue's own connections, apart from the ORM's: a named pool whose size is ours, and the one
 * interface through which all SQL of this folder runs.
 */
import { Pool, types, type ClientConfig, type PoolClient, type PoolConfig } from "@medusajs/framework/pg"

/** Anything that runs a statement: the pool, one connection in a transaction, a caller's transaction. */
export interface Sql {
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>
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
  onError: (error: Error) => void
}

const APPLICATION_NAME = "jobqueue"
const CONNECTION_TIMEOUT = 10_000

/** Ids and claim tokens stay below 2^53: numbers, where pg would give texts. */
const BIGINT_OID = 20

export class Database implements Sql {
  readonly connection: ConnectionSettings
  readonly #pool: Pool
  #closed: Promise<void> | undefined

  constructor({ poolSize, onError, ...connection }: DatabaseSettings) {
    this.connection = connection
    this.#pool = new Pool({
      ...clientConfig(connection),
      application_name: APPLICATION_NAME,
      max: poolSize,
      connectionTimeoutMillis: CONNECTION_TIMEOUT,
      types: { getTypeParser },
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

/** Runs statements on one connection, for example one that has a transaction open. */
export function onClient(client: Pick<PoolClient, "query">): Sql {
  return {
    async query<Row>(text: string, values: readonly unknown[] = []) {
      const { rows } = await client.query({ text, values: [...values], types: { getTypeParser } })
      return rows as Row[]
    },
  }
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

function getTypeParser(oid: number, format?: "text" | "binary"): (value: string) => unknown {
  return oid === BIGINT_OID ? Number : (types.getTypeParser(oid, format) as (value: string) => unknown)
}
