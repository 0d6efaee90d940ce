/** What a child process is told at its start, as JSON in its environment: it has no other way to know. */
import type { JobQueueOptions } from "../../../src"

export interface Setting {
  databaseUrl: string
  /** The file in which jobs write down that they began and ended. */
  journal: string
  options: JobQueueOptions
  /** Brings the database's tables up before anything else. */
  migrate?: boolean
  /** At SIGTERM nothing happens but what the module itself does: an HTTP response is still open. */
  ignoresTermination?: boolean
  /** Who listens for rejections in the process of `foreign.ts`. */
  listener?: "none" | "uncaughtException" | "own" | "exiting"
  /** `foreign.ts` stops the module before it rejects a promise. */
  stopsFirst?: boolean
  /** How often `restarts.ts` starts the module again. */
  restarts?: number
}

export const SETTING = "CHAOS_SETTING"

export function readSetting(): Setting {
  return JSON.parse(process.env[SETTING] ?? "null") as Setting
}
