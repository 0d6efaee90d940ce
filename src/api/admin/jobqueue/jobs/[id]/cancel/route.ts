/** POST /admin/jobqueue/jobs/:id/cancel. */
import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import type { Job } from "../../../../../../index"
import { cancelJobWorkflow } from "../../../../../../workflows/cancel-job"
import { actorOf } from "../../../actor"

export const POST = async (req: AuthenticatedMedusaRequest, res: MedusaResponse<{ job: Job }>) => {
  const { result: job } = await cancelJobWorkflow(req.scope).run({
    input: { id: req.params.id, actor: actorOf(req) },
  })
  res.json({ job })
}
