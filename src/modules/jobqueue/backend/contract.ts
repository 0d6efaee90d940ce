/**
 * What carries jobs from enqueue to settle: intents, in batches. The lifecycle and the workers speak only to
 * this; the table stays the place where everything that waits for time or for a person can be seen.
 */
import type { JobProgress } from "../job/report"
import type { ClaimRequest } from "../table/claim"
import type { ClaimedJob } from "../table/claimed-job"
import type { Sql } from "../table/database"
import type { NewJob, WrittenJob } from "../table/new-job"
import type { PerformedAttempt, Reserved, WrittenAttempt } from "../table/performed"
import type { Report } from "../table/report"
import type { Bearings } from "../table/running"
import type { Settlement } from "../table/settle"
import type { UniqueWritten } from "../table/unique"
import type { WaitingJobs } from "./waiting"

/**
 * `refused`: its claim no longer held the job, so nothing changed. `canceled`: somebody had asked to cancel it, which wins
 * over another outcome.
 */
export type Deviation = "refused" | "canceled"

export interface QueueBackend {
  /** Jobs that were handed to a third party. */
  readonly waiting: WaitingJobs
  /** Writes all jobs or none, and announces these queues with the commit. */
  enqueue(jobs: readonly NewJob[], announced: readonly string[]): Promise<WrittenJob[]>
  /** Writes all jobs or none in somebody's transaction. */
  enqueueIn(transaction: Sql, jobs: readonly NewJob[]): Promise<WrittenJob[]>
  /** Draws an id for a job that is performed before it is written, and may never be. */
  reserve(): Promise<Reserved>
  /** Writes a job together with its first attempt, which was performed before; may be sent again. */
  enqueuePerformed(job: NewJob, attempt: PerformedAttempt): Promise<WrittenAttempt>
  /**
   * The same for jobs of one identifier of which some are unique, each as its `onConflict` says.
   * @param wait - milliseconds that it may wait for a key
   * @throws what `isKeyStuck` and `isDeadlock` know: nothing was written then, and it may be sent again
   */
  enqueueUnique(jobs: readonly NewJob[], wait: number): Promise<UniqueWritten[]>
  /** The same in somebody's transaction, which waits as long as it takes; no other statement may come in between. */
  enqueueUniqueIn(transaction: Sql, jobs: readonly NewJob[]): Promise<UniqueWritten[]>
  /** Takes up to `limit` jobs exclusively and counts their attempts. */
  claim(request: ClaimRequest): Promise<ClaimedJob[]>
  /** What the backend believes that a worker process runs, and what its claims need to know. */
  bearings(worker: number): Promise<Bearings>
  /** Gives back, uncounted, jobs that a worker holds but does not run. */
  release(worker: number, jobs: readonly Pick<ClaimedJob, "id" | "claim">[]): Promise<void>
  /** The same for all that one claim took, when its answer was lost. */
  releaseClaim(worker: number, claim: number): Promise<void>
  /**
   * Writes the outcomes of claimed jobs, whose tokens are of one worker id. Answers, by id, what did not come as asked.
   * `again`: an earlier sending of this batch may have been applied.
   */
  settle(batch: readonly Settlement[], again: boolean): Promise<ReadonlyMap<number, Deviation>>
  /** Completes a job in the transaction of its own writes. False when its claim no longer holds it. */
  completeIn(transaction: Sql, settlement: Settlement): Promise<boolean>
  /** Whether a completion whose commit was not answered took place; waits for it to end. */
  wasCompleted(id: number, claim: number): Promise<boolean>
  /** Writes what running jobs say of themselves; it may be sent again. Answers those that their claim no longer held. */
  report(reports: readonly Report[]): Promise<readonly Report[]>
  /** How far a job had come when it last said so. */
  progressOf(id: number): Promise<JobProgress | null>
  /** Tells the other processes, as a hint, that the queues have work; call it after the commit. */
  announce(queues: readonly string[]): Promise<void>
}
