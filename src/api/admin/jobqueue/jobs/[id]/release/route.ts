/** POST /admin/jobqueue/jobs/:id/release. */
import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import type { Job } from "../../../../../../index"
import { releaseJobWorkflow } from "../../../../../../workflows/release-job"
import { actorOf } from "../../../actor"

export const POST = async (req: AuthenticatedMedusaRequest, res: MedusaResponse<{ job: Job }>) => {
  const { result: job } = await releaseJobWorkflow(req.scope).run({
    input: { id: req.params.id, actor: actorOf(req) },
  })
  res.json({ job })
}
