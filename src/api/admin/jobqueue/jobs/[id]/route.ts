/** GET and DELETE /admin/jobqueue/jobs/:id. */
import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { JOBQUEUE, type JobQueueService, type RetrievedJob } from "../../../../../index"
import { deleteJobWorkflow } from "../../../../../workflows/delete-job"
import { actorOf } from "../../actor"

export const GET = async (req: AuthenticatedMedusaRequest, res: MedusaResponse<{ job: RetrievedJob }>) => {
  const job = await req.scope.resolve<JobQueueService>(JOBQUEUE).retrieveJob(req.params.id)
  res.json({ job })
}

export const DELETE = async (
  req: AuthenticatedMedusaRequest,
  res: MedusaResponse<{ id: string; object: "jobqueue_job"; deleted: true }>
) => {
  const { id } = req.params
  await deleteJobWorkflow(req.scope).run({ input: { id, actor: actorOf(req) } })
  res.json({ id, object: "jobqueue_job", deleted: true })
}
