/** The verbs by which a person repairs many jobs at once, by ids or by filter. */
import { JOB_ACTIONS, type JobAction } from "../job/states"
import { invalidAction } from "../errors/repair"
import { rehearse } from "../table/bulk-rehearsal"
import { repairMany } from "../table/bulk-repair"
import { checkTarget, type BulkTarget } from "../table/bulk-target"
import type { BulkResult } from "../table/bulk-tally"
import type { Done } from "../table/repair"
import { toRepair, type ActionDetails } from "./action-details"
import { RepairVerbs } from "./repair-verbs"

export interface BulkDetails extends ActionDetails {
  /** Says what would be done, and does nothing. Default false. */
  dryRun?: boolean
}

export class BulkVerbs extends RepairVerbs {
  /**
   * Does `action` to every job that `target` means and whose state allows it, in batches; the others are counted by
   * state, with the reason. Each job is looked at again under its lock, so that none is changed that has moved on.
   * @example await jobqueue.actOnJobs("retry", { filter: { state: "failed", queue: "orders" } }, { reason: "ERP is up" })
   * @throws MedusaError INVALID_DATA for a target that does not say which jobs are meant; nothing was done then
   */
  async actOnJobs(action: JobAction, target: BulkTarget, by: BulkDetails = {}): Promise<BulkResult> {
    if (!JOB_ACTIONS.includes(action)) {
      throw invalidAction(
        `expected one of the actions ${JOB_ACTIONS.join(", ")}, got ${JSON.stringify(action)}.`
      )
    }
    const { dryRun = false, ...details } = by
    const { database, reads } = this.engine_
    const repair = toRepair(action, details)
    const bulk = { database, reads, repair, onDone: (done: readonly Done[]) => this.followUp_(action, done) }
    return (dryRun ? rehearse : repairMany)(bulk, checkTarget(target))
  }

  retryJobs(target: BulkTarget, by?: BulkDetails): Promise<BulkResult> {
    return this.actOnJobs("retry", target, by)
  }

  restartJobs(target: BulkTarget, by?: BulkDetails): Promise<BulkResult> {
    return this.actOnJobs("restart", target, by)
  }

  holdJobs(target: BulkTarget, by?: BulkDetails): Promise<BulkResult> {
    return this.actOnJobs("hold", target, by)
  }

  /** Held jobs alone, whatever else the target means: `{ filter: { queue }, limit: 10 }` lets the ten oldest go. */
  releaseJobs(target: BulkTarget, by?: BulkDetails): Promise<BulkResult> {
    return this.actOnJobs("release", target, by)
  }

  cloneJobs(target: BulkTarget, by?: BulkDetails): Promise<BulkResult> {
    return this.actOnJobs("clone", target, by)
  }

  cancelJobs(target: BulkTarget, by?: BulkDetails): Promise<BulkResult> {
    return this.actOnJobs("cancel", target, by)
  }

  deleteJobs(target: BulkTarget, by?: BulkDetails): Promise<BulkResult> {
    return this.actOnJobs("delete", target, by)
  }
}
