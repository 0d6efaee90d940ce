/**
 * The thread that renews a worker process's lease on a connection of its own, so that a job that blocks the
 * event loop neither loses the lease nor hides. Imports nothing but pg: it must start from source and built.
 */
import { parentPort, workerData } from "node:worker_threads"
import { Client, type ClientConfig } from "@medusajs/framework/pg"

export interface LeaseThreadData {
  connection: ClientConfig
  /** The id of the row to renew. */
  worker: number
  leaseMilliseconds: number
  beatMilliseconds: number
}

/** To the process: a beat was written, the row is gone, or the database could not be reached. */
export type LeaseMessage = { type: "beat" | "lost"; worker: number } | { type: "error"; message: string }

const BEAT = `
update jobqueue_worker set beat_at = now(), lease_until = now() + $2 * interval '1 millisecond' where id = $1`

const data = workerData as LeaseThreadData
let worker = data.worker
let client: Client | undefined

/** From the process: the id of its new row, after the old one was lost; a password, when the old one may have expired. */
export interface LeaseOrder {
  worker?: number
  password?: string
}

parentPort?.on("message", (order: LeaseOrder) => {
  worker = order.worker ?? worker
  data.connection.password = order.password ?? data.connection.password
})

async function connect(): Promise<Client> {
  const connected = new Client({
    ...data.connection,
    application_name: "jobqueue-lease",
    connectionTimeoutMillis: data.leaseMilliseconds / 2,
    query_timeout: data.leaseMilliseconds / 2,
  })
  connected.on("error", () => {
    client = undefined // the next beat connects anew, and reports it when it can't
  })
  await connected.connect()
  return connected
}

async function beat(): Promise<LeaseMessage> {
  const id = worker
  try {
    client ??= await connect()
    const { rowCount } = await client.query(BEAT, [id, data.leaseMilliseconds])
    return { type: rowCount === 1 ? "beat" : "lost", worker: id }
  } catch (error) {
    client?.end().catch(() => undefined) // it is broken already, and the error is reported below
    client = undefined
    return { type: "error", message: (error as Error).message }
  }
}

async function run(): Promise<void> {
  for (;;) {
    parentPort?.postMessage(await beat())
    await new Promise((resolve) => setTimeout(resolve, data.beatMilliseconds))
  }
}

void run()
