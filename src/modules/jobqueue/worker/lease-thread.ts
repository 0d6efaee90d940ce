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

/**
 * To the process: a beat was written, the row is gone, or the database could not be reached. `late`: by the database's
 * clock the beat before lies too far back, because of an outage or because that clock was set.
 */
export type LeaseMessage =
  { type: "beat" | "late" | "lost"; worker: number } | { type: "error"; message: string }

// The row of before is read by its own snapshot: "returning" of an update gives only what is new.
const BEAT = `
with before as (select beat_at from jobqueue_worker where id = $1)
update jobqueue_worker set beat_at = now(), lease_until = now() + $2 * interval '1 millisecond'
where id = $1
returning abs(extract(epoch from now() - (select beat_at from before))) * 1000 > $3 as late`

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
    const { rows } = await client.query<{ late: boolean }>(BEAT, [
      id,
      data.leaseMilliseconds,
      data.leaseMilliseconds / 2,
    ])
    const type = rows.length === 0 ? "lost" : rows[0].late ? "late" : "beat"
    return { type, worker: id }
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
