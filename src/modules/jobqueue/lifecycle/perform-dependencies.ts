/** What performing a job needs, and who is told of its end. */
import type { Settlement } from "../table/settle"
import type { ToolDependencies } from "./job-tools"
import type { PrepareDependencies } from "./prepare"
import type { SurroundDependencies } from "./surround"

export interface PerformDependencies extends PrepareDependencies, ToolDependencies, SurroundDependencies {
  /** `host:pid`, kept with each failed attempt. */
  worker: string
  /** The largest result in bytes of JSON. */
  maxResultBytes: number
  /** `true`: whoever called has the outcome, so it is not logged. Default `false`. */
  isQuiet?: boolean
}

/** What the job threw, or why it could not begin. */
export interface Thrown {
  reason: unknown
}

/** Told once. `isWritten`: the job's own transaction has written the settlement. */
export type OnEnd = (settlement: Settlement, isWritten: boolean, thrown?: Thrown) => void
