/** POST /admin/jobqueue/jobs/:id/clone. */
import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import type { Job } from "../../../../../../index"
import { cloneJobWorkflow } from "../../../../../../workflows/clone-job"
import { actorOf } from "../../../actor"

export const POST = async (req: AuthenticatedMedusaRequest, res: MedusaResponse<{ job: Job }>) => {
  const { result: job } = await cloneJobWorkflow(req.scope).run({
    input: { id: req.params.id, actor: actorOf(req) },
  })
  res.json({ job })
}
