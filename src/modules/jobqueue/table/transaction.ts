/**
 * Somebody else's database transaction as `Sql`: a module's shared context, a MikroORM EntityManager,
 * a knex transaction or a pg client. Only raw SQL runs on it.
 */
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { PoolClient } from "@medusajs/framework/pg"
import { MedusaError } from "@medusajs/framework/utils"
import type { SharedContext } from "../job/enqueue-options"
import { onClient, type Sql } from "./database"

export interface OpenTransaction {
  sql: Sql
  /** Runs several statements, with none of another caller in between. */
  together: <T>(work: (sql: Sql) => Promise<T>) => Promise<T>
  /** Resolves after the commit and rejects after the rollback; undefined where that can't be known. */
  ended: Promise<unknown> | undefined
}

interface EntityManagerLike {
  getTransactionContext(): unknown
}

/** Undefined when the context holds no open transaction: then the statement stands for itself. */
export async function openTransaction(
  context: SharedContext | undefined
): Promise<OpenTransaction | undefined> {
  const given = givenTransaction(context)
  if (given === undefined || given === null) {
    return undefined
  }
  if (isEntityManager(given)) {
    const trx = given.getTransactionContext()
    return isKnexTransaction(trx) ? onKnex(trx) : undefined
  }
  if (isKnexTransaction(given)) {
    return onKnex(given)
  }
  if (isPgClient(given)) {
    return { ...inTurn(given), ended: undefined }
  }
  throw new MedusaError(
    MedusaError.Types.INVALID_DATA,
    "jobqueue: expected `transaction` to be a knex transaction, a pg client or a MikroORM EntityManager, " +
      `got ${typeof given}. Nothing was enqueued.`
  )
}

function givenTransaction(context: SharedContext | undefined): unknown {
  if (!context) {
    return undefined
  }
  return "transaction" in context ? context.transaction : context.transactionManager
}

/** knex hands out the connection on which the transaction is open; our statements join its queue. */
async function onKnex(trx: Knex.Transaction): Promise<OpenTransaction> {
  if (trx.isCompleted()) {
    throw new MedusaError(
      MedusaError.Types.INVALID_DATA,
      "jobqueue: the given transaction has already ended. Enqueue before its commit. Nothing was enqueued."
    )
  }
  const client = (await trx.client.acquireConnection()) as PoolClient
  return { ...inTurn(client), ended: trx.executionPromise }
}

const lastOn = new WeakMap<PoolClient, Promise<unknown>>()

/** One statement after the other: pg refuses to queue them for us from its version 9 on. */
function inTurn(client: PoolClient): Pick<OpenTransaction, "sql" | "together"> {
  const sql = onClient(client)
  const after = <T>(send: () => Promise<T>): Promise<T> => {
    const sent = (lastOn.get(client) ?? Promise.resolve()).then(send, send)
    lastOn.set(client, sent)
    return sent
  }
  return {
    sql: {
      query: (text, values) => after(() => sql.query(text, values)),
      run: (statement, values) => after(() => sql.run(statement, values)),
    },
    together: (work) => after(() => work(sql)),
  }
}

function isEntityManager(value: unknown): value is EntityManagerLike {
  return typeof (value as Partial<EntityManagerLike>).getTransactionContext === "function"
}

function isKnexTransaction(value: unknown): value is Knex.Transaction {
  return typeof value === "function" && (value as Partial<Knex.Transaction>).isTransaction === true
}

function isPgClient(value: unknown): value is PoolClient {
  return typeof (value as Partial<PoolClient>).query === "function"
}
