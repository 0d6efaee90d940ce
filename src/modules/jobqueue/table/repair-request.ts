/** What is asked to be done to jobs, by whom, and why. */
import type { JobAction, JobState } from "../job/states"

/** Who acts, for the record; an admin user, an API key, a script. */
export interface Actor {
  type: string
  id: string
}

export interface Repair {
  action: JobAction
  /** Of the states that the action allows, only these. Default all of them. */
  among?: readonly JobState[]
  reason: string | null
  actor: Actor | null
  /** What the jobs of one bulk action have in common. */
  batch: string | null
}
