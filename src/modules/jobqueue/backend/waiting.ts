/** What a backend does for jobs that wait for a third party: their callback addresses, and who resolves them. */
import type { JobState } from "../job/states"
import type { FoundCallback, Handover, KeptCallback, NewCallback } from "../table/callback"
import type { Resolution, WaitingJob } from "../table/resolve"

export interface WaitingJobs {
  /** Writes the hash of a running job's callback token. False when the job's claim no longer holds it. */
  open(callback: NewCallback): Promise<boolean>
  find(hash: Buffer): Promise<FoundCallback | undefined>
  /** Keeps what came while the job still runs. False when it does not run, or the address was used. */
  keep(hash: Buffer, data: unknown): Promise<boolean>
  /** What was kept for jobs of these identifiers that wait by now. */
  kept(identifiers: readonly string[]): Promise<KeptCallback[]>
  /** Takes a waiting job for one resolver, until its lease lapses. Undefined when it does not wait or another has it. */
  begin(handover: Handover): Promise<WaitingJob | undefined>
  /** Gives a waiting job back; what was kept for it is handed over again after `pause` milliseconds. */
  free(job: Pick<WaitingJob, "id" | "claim">, resolver: string, pause: number): Promise<void>
  /** Writes what came of a callback. False when the job no longer waits, or another resolver has it: nothing changed. */
  settle(resolution: Resolution): Promise<boolean>
  stateOf(id: number): Promise<JobState | undefined>
}
