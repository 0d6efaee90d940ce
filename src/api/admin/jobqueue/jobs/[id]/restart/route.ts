/** POST /admin/jobqueue/jobs/:id/restart. */
import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import type { Job } from "../../../../../../index"
import { restartJobWorkflow } from "../../../../../../workflows/restart-job"
import { actorOf } from "../../../actor"

export const POST = async (req: AuthenticatedMedusaRequest, res: MedusaResponse<{ job: Job }>) => {
  const { result: job } = await restartJobWorkflow(req.scope).run({
    input: { id: req.params.id, actor: actorOf(req) },
  })
  res.json({ job })
}
