/** GET /admin/jobqueue/jobs: a page of jobs, newest first. */
import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { JOBQUEUE, type JobList, type JobQueueService } from "../../../../index"
import type { AdminGetJobsParamsType } from "../validators"

export const GET = async (
  req: AuthenticatedMedusaRequest<unknown, AdminGetJobsParamsType>,
  res: MedusaResponse<JobList & { offset: number; limit: number }>
) => {
  const { limit, offset, after, ...filters } = req.validatedQuery
  const jobqueue = req.scope.resolve<JobQueueService>(JOBQUEUE)
  const { jobs, count, count_capped, next_cursor } = await jobqueue.listJobs(filters, {
    limit,
    offset,
    after,
  })
  res.json({ jobs, count, count_capped, offset, limit, next_cursor })
}
