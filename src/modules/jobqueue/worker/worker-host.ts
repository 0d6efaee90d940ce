/** What a worker is told, and what it asks of the process that it is part of. */
import type { Wanted } from "../lifecycle/claim"
import type { Run } from "../lifecycle/run"
import type { ClaimedJob } from "../table/claimed-job"
import type { Suspects } from "./suspects"

export interface WorkerSettings {
  queue: string
  /** Jobs performed at a time. */
  concurrency: number
  /** Quick jobs that are claimed ahead at most. */
  prefetch: number
  /** How often an idle worker looks for jobs, in milliseconds. */
  pollInterval: number
}

/** The process that a worker is part of: it holds the lease under which jobs are claimed and settled. */
export interface WorkerHost {
  claim: (wanted: Omit<Wanted, "identifiers">) => Promise<ClaimedJob[]>
  begin: (run: Run) => void
  /** Gives back what was claimed ahead and not begun. */
  release: (jobs: readonly ClaimedJob[]) => Promise<void>
  /** Milliseconds until "nothing is pending" must be looked at again. */
  untilFullClaim: (queue: string) => number
  readonly suspects: Suspects
}
