/** What a job reports while it is performed, as it is shown. */
import type { JsonValue } from "./json"

export interface JobProgress {
  done: number
  /** Null where nobody said how much there is. */
  total: number | null
  note: string | null
  /** The attempt that said so; it may be over. */
  attempt: number
  updated_at: Date
}

export interface JobLogLine {
  attempt: number
  /** Counted from 1 in each performing. */
  line: number
  message: string
  data: JsonValue | null
  logged_at: Date
}

/** Lines that are kept of one performing, and of all performings of a job: the last ones. */
export const KEPT_LINES = 200
export const KEPT_LINES_OF_JOB = 4000
