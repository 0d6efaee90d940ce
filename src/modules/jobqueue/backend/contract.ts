/**
 * What carries jobs from enqueue to settle: intents, in batches. The lifecycle and the workers speak only to
 * this; the table stays the place where everything that waits for time or for a person can be seen.
 */
import type { ClaimedJob, ClaimRequest, RunningRow } from "../table/claim"
import type { Sql } from "../table/database"
import type { NewJob, WrittenJob } from "../table/enqueue"
import type { Settlement } from "../table/settle"

export interface QueueBackend {
  /** Writes all jobs or none; in the given transaction, else on its own. */
  enqueue(jobs: readonly NewJob[], transaction?: Sql): Promise<WrittenJob[]>
  /** Takes up to `limit` jobs exclusively and counts their attempts. */
  claim(request: ClaimRequest): Promise<ClaimedJob[]>
  /** What the backend believes that a worker process runs. */
  running(worker: number): Promise<RunningRow[]>
  /** Gives back, uncounted, jobs that run under a worker which knows nothing of them. */
  release(worker: number, ids: readonly number[]): Promise<void>
  /**
   * Writes the outcomes of claimed jobs. Answers the ids that were still held by their claim; a stale one
   * changes nothing and is left out. `again`: an earlier sending of this batch may have been applied.
   */
  settle(batch: readonly Settlement[], again: boolean): Promise<Set<number>>
  /** Tells the other processes, as a hint, that the queues have work; call it after the commit. */
  announce(queues: readonly string[]): Promise<void>
}
