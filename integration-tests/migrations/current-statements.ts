/** The statements of the source as it stands, which `npm run schema:fixture` keeps for the newest version. */
import { claimJobs } from "../../src/modules/jobqueue/table/claim"
import { completeJobs, forgetJobs } from "../../src/modules/jobqueue/table/complete"
import type { Database } from "../../src/modules/jobqueue/table/database"
import { insertJobs } from "../../src/modules/jobqueue/table/enqueue"
import type { NewJob } from "../../src/modules/jobqueue/table/new-job"
import { promoteDue } from "../../src/modules/jobqueue/table/promote"
import { rescueOrphans } from "../../src/modules/jobqueue/table/rescue"
import { takeBearings } from "../../src/modules/jobqueue/table/running"
import { finishJobs, moveOnJobs, type Settlement } from "../../src/modules/jobqueue/table/settle"
import { registerWorker } from "../../src/modules/jobqueue/table/workers"
import { statementsOf, type AnySql } from "../recorder"

const CLAIM = { claim: 1, worker: 1, queue: "default", identifiers: [], limit: 16 }
const LEVELS = [{ priority: 100, seq: 0 }]
const PROCESS = { host: "host", pid: 1, version: "0", queues: [], identifiers: [] }
const JOB = { facts: { tags: [] }, runAt: null, delay: 0 } as unknown as NewJob
const SETTLEMENT = { id: 1, claim: 1, keep: true, conclusion: { state: "completed" } } as Settlement

type Perform = (sql: AnySql) => Promise<unknown>

/** Under the names by which the workers of the versions ask for them. */
const RECORDED: [names: string[], perform: Perform][] = [
  [["register"], (sql) => registerWorker(sql, PROCESS)],
  [["enqueue"], (sql) => insertJobs(sql, [JOB, JOB], [])],
  [["claim"], (sql) => claimJobs(sql, CLAIM)],
  [["claim_by_levels"], (sql) => claimJobs(sql, { ...CLAIM, levels: LEVELS })],
  [["claim_suspects"], (sql) => claimJobs(sql, { ...CLAIM, kind: "suspect" })],
  [["claim_overdue_suspects"], (sql) => claimJobs(sql, { ...CLAIM, kind: "overdue" })],
  [["claim_repeated_suspects"], (sql) => claimJobs(sql, { ...CLAIM, kind: "repeated" })],
  [["complete"], (sql) => completeJobs(sql, [SETTLEMENT])],
  [["forget"], (sql) => forgetJobs(sql, [SETTLEMENT])],
  [["finish"], (sql) => finishJobs(sql, [SETTLEMENT])],
  [["move_on"], (sql) => moveOnJobs(sql, [SETTLEMENT])],
  [["promote"], promoteDue],
  [["look"], (sql) => takeBearings(sql, 1)],
  [
    [
      "rescue_bury",
      "rescue_find",
      "rescue_keep_attempts",
      "rescue_forget_attempts",
      "rescue_end",
      "rescue_return",
    ],
    (sql) => rescueOrphans(sql as Database, 1),
  ],
]

export async function currentStatements(): Promise<Record<string, string>> {
  const statements: Record<string, string> = {}
  for (const [names, perform] of RECORDED) {
    const sent = await statementsOf(perform)
    names.forEach((name, place) => (statements[name] = sent[place].text))
  }
  return statements
}
