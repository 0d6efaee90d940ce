/** The real queue as the steps use it: its service, its tables, and worker processes that share one connection pool. */
import type { JobQueueService } from "../../src"
import { PostgresBackend } from "../../src/modules/jobqueue/backend/postgres"
import { Claimer } from "../../src/modules/jobqueue/lifecycle/claim"
import type { ClaimedJob } from "../../src/modules/jobqueue/table/claimed-job"
import type { Database } from "../../src/modules/jobqueue/table/database"
import type { Settlement } from "../../src/modules/jobqueue/table/settle"
import { registerWorker } from "../../src/modules/jobqueue/table/workers"
import { EXPECTED_PRIORITIES } from "./queue-model"
import type { Kind } from "./modeled-job"

export const QUEUE = "default"
export const QUIET = { debug() {}, warn() {} } as never

/** A job in the memory of a process. */
export interface Hand {
  claimed: ClaimedJob
  kind: Kind
}

/** What a worker process has in its memory. */
export interface RealProcess {
  worker: number
  knows: readonly string[]
  claimer: Claimer
  clock: { milliseconds: number }
  hands: Hand[]
  /** Given back, as far as it knows. */
  released: Hand[]
  /** Tokens of claims whose answers were lost. */
  lost: number[]
  /** What it settled last. */
  sent: Settlement[]
}

const TABLES = ["live", "outcome", "attempt", "action", "request", "worker"]

export class RealQueue {
  readonly service: JobQueueService
  readonly database: Database
  readonly backend: PostgresBackend
  readonly processes: RealProcess[] = []

  constructor(service: JobQueueService, database: Database) {
    this.service = service
    this.database = database
    this.backend = new PostgresBackend(database)
  }

  sql<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.database.query<Row>(text, values)
  }

  /** As on the first day, so that a life goes the same way again. For a few rows faster than truncate. */
  async clear(): Promise<void> {
    await this.sql("alter sequence jobqueue_ready_seq restart")
    await this.sql("alter sequence jobqueue_job_id_seq restart")
    await this.sql(
      `with ${TABLES.map((table) => `${table} as (delete from jobqueue_${table})`).join(", ")} select 1`
    )
  }

  /** A process that beats: its lease lasts until a step takes it away. */
  async start(knows: readonly string[]): Promise<RealProcess> {
    const description = { host: "model", pid: 1, version: "0", queues: [QUEUE], identifiers: knows }
    const worker = await registerWorker(this.database, description)
    await this.sql("update jobqueue_worker set lease_until = now() + interval '1 day' where id = $1", [
      worker,
    ])
    const clock = { milliseconds: 0 }
    const options = { logger: QUIET, priorities: EXPECTED_PRIORITIES, now: () => clock.milliseconds }
    const claimer = new Claimer(this.backend, worker, options)
    const memory = { hands: [], released: [], lost: [], sent: [] }
    const process = { worker, knows, claimer, clock, ...memory }
    this.processes.push(process)
    return process
  }
}
