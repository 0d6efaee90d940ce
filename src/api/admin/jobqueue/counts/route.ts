/** GET /admin/jobqueue/counts: how many jobs stand in each state, each counted up to 10,000. */
import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { JOBQUEUE, type JobCounts, type JobQueueService } from "../../../../index"
import type { AdminGetJobCountsParamsType } from "../validators"

export const GET = async (
  req: AuthenticatedMedusaRequest<unknown, AdminGetJobCountsParamsType>,
  res: MedusaResponse<{ counts: JobCounts }>
) => {
  const counts = await req.scope.resolve<JobQueueService>(JOBQUEUE).countJobs(req.validatedQuery)
  res.json({ counts })
}
