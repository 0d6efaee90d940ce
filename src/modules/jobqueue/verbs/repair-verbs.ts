/** The verbs by which a person repairs one job; each is recorded with who did it. */
import type { JobAction } from "../job/states"
import { parseJobId } from "../table/job-id"
import { repairJob, type Done } from "../table/repair"
import type { RetrievedJob } from "../table/retrieve"
import { toRepair, type ActedBy } from "./action-details"
import { ReadVerbs } from "./read-verbs"

/** What becomes of these may run at once. */
const READYING: readonly JobAction[] = ["retry", "restart", "release", "clone"]

/**
 * Each throws MedusaError: NOT_FOUND when there is no such job, NOT_ALLOWED when its state does not allow it; nothing
 * changed then. From which states each may start, the table in docs/states.md says.
 */
export class RepairVerbs extends ReadVerbs {
  /** Makes a scheduled, retrying, waiting, held, failed or canceled job pending now, with at least one more attempt. */
  retryJob(id: string, by?: ActedBy): Promise<RetrievedJob> {
    return this.repair_("retry", id, by)
  }

  /** Makes any job that does not run pending as on the first day: no attempts, and its first limit of them. */
  restartJob(id: string, by?: ActedBy): Promise<RetrievedJob> {
    return this.repair_("restart", id, by)
  }

  /** Sets a job that waits aside, until it is released, retried or restarted. Its `reason` says why. */
  holdJob(id: string, by?: ActedBy): Promise<RetrievedJob> {
    return this.repair_("hold", id, by)
  }

  /** Lets a held job go: it is pending now, whatever it waited for before. */
  releaseJob(id: string, by?: ActedBy): Promise<RetrievedJob> {
    return this.repair_("release", id, by)
  }

  /** Enqueues the same request again, as a job of its own. Answers the new one. */
  async cloneJob(id: string, by?: ActedBy): Promise<RetrievedJob> {
    return this.repair_("clone", id, by)
  }

  /** Cancels a job that has not finished; a running one is told to stop. */
  cancelJob(id: string, by?: ActedBy): Promise<RetrievedJob> {
    return this.repair_("cancel", id, by)
  }

  /** Deletes a job that does not run, with its whole history. */
  async deleteJob(id: string, by?: ActedBy): Promise<{ id: string }> {
    await this.repairOne_("delete", id, by)
    return { id }
  }

  protected async repair_(action: JobAction, id: string, by?: ActedBy): Promise<RetrievedJob> {
    const { id: acted, copy } = await this.repairOne_(action, id, by)
    return this.retrieveJob(String(copy ?? acted))
  }

  protected async repairOne_(action: JobAction, id: string, by?: ActedBy): Promise<Done> {
    const repair = { ...toRepair(action, by), batch: null }
    const done = await repairJob(this.engine_.database, repair, parseJobId(id))
    this.followUp_(action, [done])
    return done
  }

  /** What comes after the commit. A running job that was asked to stop has not ended yet. */
  protected followUp_(action: JobAction, done: readonly Done[]): void {
    if (READYING.includes(action) && done.length > 0) {
      this.engine_.wake([...new Set(done.map(({ queue }) => queue))])
    }
    if (action === "cancel" || action === "hold") {
      this.engine_.afterwards.ended(done.filter(({ from }) => from !== "running").map(({ id }) => id))
    }
  }
}
