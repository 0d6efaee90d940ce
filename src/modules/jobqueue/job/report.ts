/** What a job tells of itself while it is performed, as it is shown. */
import type { JsonValue } from "./json"

export interface JobProgress {
  done: number
  /** Null when nobody knows how much there is. */
  total: number | null
  note: string | null
  /** The attempt that reported it: it survives that attempt. */
  attempt: number
  updated_at: Date
}

export interface JobLogLine {
  attempt: number
  /** 1 is the first line of its attempt. */
  line: number
  message: string
  data: JsonValue | null
  logged_at: Date
}

/** How many lines of an attempt are kept: the last ones. */
export const KEPT_LINES = 200
