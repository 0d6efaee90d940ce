/** The verbs by which a person repairs jobs; each is recorded with who did it. */
import type { JobAction } from "../job/states"
import { parseJobId } from "../table/job-id"
import { repairJob, type Actor } from "../table/repair"
import type { RetrievedJob } from "../table/retrieve"
import { ReadVerbs } from "./read-verbs"

export class RepairVerbs extends ReadVerbs {
  /** Makes a scheduled, retrying, waiting, held, failed or canceled job pending now, with at least one more attempt. */
  retryJob(id: string, actor?: Actor): Promise<RetrievedJob> {
    return this.repair_("retry", id, actor)
  }

  /** Cancels a job that has not finished; a running one is told to stop. */
  cancelJob(id: string, actor?: Actor): Promise<RetrievedJob> {
    return this.repair_("cancel", id, actor)
  }

  /** Deletes a job that does not run, with its whole history. */
  async deleteJob(id: string, actor?: Actor): Promise<{ id: string }> {
    await repairJob(this.engine_.database, "delete", parseJobId(id), actor)
    return { id }
  }

  protected async repair_(action: JobAction, id: string, actor?: Actor): Promise<RetrievedJob> {
    await repairJob(this.engine_.database, action, parseJobId(id), actor)
    const job = await this.retrieveJob(id)
    if (job.state === "pending") {
      this.engine_.wake([job.queue])
    } else if (job.state === "canceled") {
      this.engine_.afterwards.ended([parseJobId(id)])
    }
    return job
  }
}
