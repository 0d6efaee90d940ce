/**
 * Every verb of the queue that runs often or over much, with the way in which it may reach the big tables. The plan
 * tests call them as the queue does: `perform` takes a recorder as well as a real connection.
 */
import { keptCallbacks } from "../../../src/modules/jobqueue/table/callback"
import { toUnique } from "../../../src/modules/jobqueue/job/unique"
import { claimJobs, type ClaimKind } from "../../../src/modules/jobqueue/table/claim"
import { completeJobs, forgetJobs } from "../../../src/modules/jobqueue/table/complete"
import type { Database } from "../../../src/modules/jobqueue/table/database"
import { insertJobs } from "../../../src/modules/jobqueue/table/enqueue"
import { areExpired, lockExpired } from "../../../src/modules/jobqueue/table/expire"
import type { NewJob } from "../../../src/modules/jobqueue/table/new-job"
import { promoteDue } from "../../../src/modules/jobqueue/table/promote"
import { pruneFinished, pruneReports } from "../../../src/modules/jobqueue/table/prune"
import { writeReports, type Report } from "../../../src/modules/jobqueue/table/report"
import { readHolders, writeUniqueJobs } from "../../../src/modules/jobqueue/table/unique"
import { readJobs } from "../../../src/modules/jobqueue/table/retrieve"
import { rescueOrphans } from "../../../src/modules/jobqueue/table/rescue"
import { releaseClaim, releaseJobs, takeBearings } from "../../../src/modules/jobqueue/table/running"
import {
  finishJobs,
  moveOnJobs,
  settledBefore,
  type Settlement,
} from "../../../src/modules/jobqueue/table/settle"
import type { AnySql } from "../../recorder"
import { HELD, KNOWN, PRIORITIES, QUEUE } from "./million-rows"

export interface Verb {
  perform: (sql: AnySql) => Promise<unknown>
  /** The only accesses to live, request, outcome and attempt. */
  reads: readonly string[]
  /** Accesses that it may do without. */
  mayRead?: readonly string[]
  /** The index that it walks in its order, and no further than its limit. */
  walks?: string
  /** Rows that it is about. */
  rows: number
  /** A connection keeps its plan. */
  isPrepared?: boolean
}

const LIMIT = 384
const DAY = 86_400_000
const BY_ATTEMPT = ["attempt by ctid", "attempt by jobqueue_attempt_pkey"]
const BY_REPORT = [
  "progress by ctid",
  "progress by jobqueue_progress_pkey",
  "log by ctid",
  "log by jobqueue_log_pkey",
]
const BELONGINGS = [
  "resource by IDX_jobqueue_resource_job",
  "resource by ctid",
  "unique by IDX_jobqueue_unique_job",
  "unique by ctid",
]
const LIVE = "live by jobqueue_live_pkey"
const REQUEST = "request by jobqueue_request_pkey"

export const VERBS: Record<string, Verb> = {
  ...claims("direct", "IDX_jobqueue_live_ready"),
  ...claims("prefetch", "IDX_jobqueue_live_ready"),
  ...claims("suspect", "IDX_jobqueue_live_suspect"),
  ...claims("overdue", "IDX_jobqueue_live_suspect"),
  ...claims("repeated", "IDX_jobqueue_live_suspect"),
  ...settles(),
  enqueue: {
    perform: (sql) => insertJobs(sql, Array<NewJob>(500).fill(job()), []),
    reads: [],
    rows: 500,
  },
  "enqueue with keys": {
    perform: (sql) =>
      writeUniqueJobs(
        sql,
        Array.from({ length: 100 }, (_, n) => uniqueJob(n * 20 + 1))
      ),
    reads: ["unique by jobqueue_unique_pkey"],
    rows: 200, // a key and a job each
  },
  "look at who holds keys": {
    perform: (sql) =>
      readHolders(
        sql,
        HELD.ids.map((id) => ({ key: String(id), job_id: id }))
      ),
    reads: [LIVE, "outcome by jobqueue_outcome_pkey"],
    rows: 500,
  },
  "read the jobs that hold keys": {
    perform: (sql) => readJobs(sql, HELD.ids),
    reads: [LIVE, "outcome by jobqueue_outcome_pkey", REQUEST],
    rows: 500,
  },
  promote: {
    perform: promoteDue,
    reads: ["live by IDX_jobqueue_live_timed", "live by ctid", LIVE],
    walks: "IDX_jobqueue_live_timed",
    rows: 1000,
  },
  expire: {
    perform: lockExpired,
    reads: ["live by IDX_jobqueue_live_timed", REQUEST],
    walks: "IDX_jobqueue_live_timed",
    rows: 500,
  },
  "look for expired jobs": {
    perform: areExpired,
    reads: ["live by IDX_jobqueue_live_timed"],
    rows: 1000, // it walks past what is due but not promoted yet: it comes when promotion has no full batch any more
  },
  "look for kept callbacks": {
    perform: (sql) => keptCallbacks(sql, KNOWN),
    reads: [],
    mayRead: [LIVE],
    rows: 100,
  },
  "take bearings": {
    perform: (sql) => takeBearings(sql, HELD.worker),
    reads: ["live by IDX_jobqueue_live_running", "live by IDX_jobqueue_live_suspect"],
    rows: 1500,
  },
  "release jobs": {
    perform: (sql) =>
      releaseJobs(
        sql,
        HELD.worker,
        HELD.ids.map((id) => ({ id, claim: HELD.claim }))
      ),
    reads: ["live by IDX_jobqueue_live_running"],
    mayRead: [LIVE],
    rows: 500,
  },
  "release a claim": {
    perform: (sql) => releaseClaim(sql, HELD.worker, HELD.claim),
    reads: ["live by IDX_jobqueue_live_running"],
    rows: 500,
  },
  rescue: {
    perform: (sql) => rescueOrphans(sql as Database, HELD.worker),
    reads: [...BY_ATTEMPT, "live by IDX_jobqueue_live_running"],
    mayRead: [LIVE],
    rows: 5000,
  },
  report: {
    perform: (sql) => writeReports(sql, HELD.ids.map(report)),
    reads: [LIVE, "log by ctid", "log by jobqueue_log_pkey"],
    rows: 1500, // of each job its progress and two lines
    isPrepared: true,
  },
  "prune the reports": {
    perform: pruneReports,
    reads: [...BY_REPORT, "request by jobqueue_request_pkey"],
    walks: "jobqueue_progress_pkey",
    rows: 5000,
  },
  "prune the completed": prune("completed", "IDX_jobqueue_outcome_finished"),
  "prune the failed": prune("failed", "IDX_jobqueue_outcome_not_completed"),
}

function claims(kind: ClaimKind, index: string): Record<string, Verb> {
  const request = { claim: 5_000_000_002, worker: 5, queue: QUEUE, identifiers: KNOWN, kind }
  const levels = PRIORITIES.map((priority) => ({ priority, seq: 0 }))
  const claim = (limit: number, byLevel: boolean): Verb => ({
    perform: (sql) => claimJobs(sql, { ...request, limit, ...(byLevel ? { levels } : {}) }),
    reads: [`live by ${index}`, "live by ctid", REQUEST].sort(),
    walks: index,
    rows: limit,
    isPrepared: true,
  })
  return {
    [`claim ${kind}, full`]: claim(LIMIT, false),
    [`claim ${kind}, by levels`]: claim(LIMIT, true),
    [`claim one ${kind}, full`]: claim(1, false),
    [`claim one ${kind}, by levels`]: claim(1, true),
  }
}

function settles(): Record<string, Verb> {
  const batch = (state: Settlement["conclusion"]["state"], keep = true, result?: unknown) =>
    HELD.ids.map((id) => settlement(id, state, keep, result))
  const rows = HELD.ids.length
  return {
    complete: {
      perform: (sql) => completeJobs(sql, batch("completed")),
      reads: [LIVE],
      isPrepared: true,
      rows,
    },
    "complete with results": {
      perform: (sql) => completeJobs(sql, batch("completed", true, { sent: true })),
      reads: [LIVE],
      isPrepared: true,
      rows,
    },
    forget: {
      perform: (sql) => forgetJobs(sql, batch("completed", false)),
      reads: [...BY_ATTEMPT, ...BELONGINGS, LIVE, REQUEST],
      isPrepared: true,
      rows,
    },
    "forget with reports": {
      perform: (sql) =>
        forgetJobs(
          sql,
          batch("completed", false).map((one) => ({ ...one, mayHaveReported: true }))
        ),
      reads: [...BY_ATTEMPT, ...BY_REPORT, ...BELONGINGS, LIVE, REQUEST],
      isPrepared: true,
      rows,
    },
    finish: {
      perform: (sql) => finishJobs(sql, batch("failed")),
      reads: [...BY_ATTEMPT, LIVE],
      rows,
    },
    "finish and forget": {
      perform: (sql) => finishJobs(sql, batch("completed", false)),
      reads: [...BY_ATTEMPT, ...BY_REPORT, ...BELONGINGS, LIVE, REQUEST],
      rows,
    },
    "move on": {
      perform: (sql) => moveOnJobs(sql, batch("retrying")),
      reads: [...BY_ATTEMPT, LIVE],
      rows,
    },
    "look for what was settled before": {
      perform: (sql) => settledBefore(sql, batch("completed", false)),
      reads: [LIVE, "outcome by jobqueue_outcome_pkey", REQUEST],
      rows,
    },
  }
}

function prune(state: "completed" | "failed", index: string): Verb {
  return {
    perform: (sql) => pruneFinished(sql as Database, state, DAY),
    reads: [...BY_ATTEMPT, ...BY_REPORT, ...BELONGINGS, `outcome by ${index}`, "outcome by ctid", REQUEST],
    walks: index,
    rows: 5000,
  }
}

function report(id: number): Report {
  const lines = [1, 2].map((line) => ({ line, message: "sent", data: null, age: 0 }))
  return { id, claim: HELD.claim, attempt: 1, progress: { done: 1, total: null, note: null, age: 0 }, lines }
}

function settlement(
  id: number,
  state: Settlement["conclusion"]["state"],
  keep: boolean,
  result: unknown
): Settlement {
  const error = state === "completed" ? null : { name: "Error", message: "not yet", stack: null }
  return {
    id,
    claim: HELD.claim,
    attempt: 1,
    worker: "host:7",
    keep,
    conclusion: { state, delay: 1000, uncounted: false, refunded: false, reason: null, result, error },
  }
}

function job(): NewJob {
  return { facts: FACTS, name: "job", resource: null, payload: "{}", runAt: null, delay: 0 }
}

/** Every other key is held by a pending job. */
function uniqueJob(n: number): NewJob {
  return { ...job(), unique: toUnique({ key: `key_${n}` }) }
}

const FACTS: NewJob["facts"] = {
  ...{ queue: QUEUE, identifier: KNOWN[0], storeId: "store_1", storeAssumed: false, context: {} },
  ...{
    backoff: { type: "fixed", delay: 0 },
    timeout: null,
    keep: true,
    priority: 100,
    maxAttempts: 25,
    tags: [],
  },
}
