/** POST /admin/jobqueue/jobs/:id/retry. */
import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import type { Job } from "../../../../../../index"
import { retryJobWorkflow } from "../../../../../../workflows/retry-job"
import { actorOf } from "../../../actor"

export const POST = async (req: AuthenticatedMedusaRequest, res: MedusaResponse<{ job: Job }>) => {
  const { result: job } = await retryJobWorkflow(req.scope).run({
    input: { id: req.params.id, actor: actorOf(req) },
  })
  res.json({ job })
}
