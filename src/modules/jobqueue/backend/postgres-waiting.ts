/** Waiting jobs rest in the table, whatever carries the jobs that may run now. */
import type { JobState } from "../job/states"
import {
  findCallback,
  keepData,
  keptCallbacks,
  openCallback,
  type FoundCallback,
  type Handover,
  type KeptCallback,
  type NewCallback,
} from "../table/callback"
import type { Database } from "../table/database"
import {
  beginResolving,
  endResolving,
  freeWaiting,
  stateOf,
  type Resolution,
  type WaitingJob,
} from "../table/resolve"
import type { WaitingJobs } from "./waiting"

export class PostgresWaiting implements WaitingJobs {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  open(callback: NewCallback): Promise<boolean> {
    return openCallback(this.#database, callback)
  }

  find(hash: Buffer): Promise<FoundCallback | undefined> {
    return findCallback(this.#database, hash)
  }

  keep(hash: Buffer, data: unknown): Promise<boolean> {
    return keepData(this.#database, hash, data)
  }

  kept(identifiers: readonly string[]): Promise<KeptCallback[]> {
    return keptCallbacks(this.#database, identifiers)
  }

  begin(handover: Handover): Promise<WaitingJob | undefined> {
    return beginResolving(this.#database, handover)
  }

  free(job: Pick<WaitingJob, "id" | "claim">, resolver: string, pause: number): Promise<void> {
    return freeWaiting(this.#database, job, resolver, pause)
  }

  settle(resolution: Resolution): Promise<boolean> {
    return endResolving(this.#database, resolution)
  }

  stateOf(id: number): Promise<JobState | undefined> {
    return stateOf(this.#database, id)
  }
}
