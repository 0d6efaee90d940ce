/** POST /admin/jobqueue/jobs/:id/hold. */
import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import type { Job } from "../../../../../../index"
import { holdJobWorkflow } from "../../../../../../workflows/hold-job"
import { actorOf } from "../../../actor"
import type { AdminHoldJobBody } from "../../../validators"

export const POST = async (
  req: AuthenticatedMedusaRequest<AdminHoldJobBody>,
  res: MedusaResponse<{ job: Job }>
) => {
  const { result: job } = await holdJobWorkflow(req.scope).run({
    input: { id: req.params.id, actor: actorOf(req), reason: req.validatedBody.reason },
  })
  res.json({ job })
}
