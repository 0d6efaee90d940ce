/** The verbs that read jobs, as the admin lists and shows them. */
import { countJobs, type CountFilters, type JobCounts } from "../table/count"
import type { JobLogLine } from "../job/report"
import type { JobFilters } from "../table/job-filters"
import { parseJobId } from "../table/job-id"
import { listJobs, type JobList, type JobPage } from "../table/list"
import { readLog, type LogPage } from "../table/report"
import { retrieveJob, type RetrievedJob } from "../table/retrieve"
import { PerformVerbs } from "./perform-verbs"
import { hideInJob } from "./shown-jobs"

export class ReadVerbs extends PerformVerbs {
  /** Jobs as the admin lists them, the newest first. */
  listJobs(filters: JobFilters, page: JobPage): Promise<JobList> {
    return listJobs(this.engine_.reads, filters, page)
  }

  /** How many jobs are in each state; exact up to 10,000. */
  countJobs(filters: CountFilters = {}): Promise<JobCounts> {
    return countJobs(this.engine_.reads, filters)
  }

  /** What a job logged, in the order in which it did; the newest lines when there are more than `limit`. */
  listJobLog(id: string, page: LogPage = {}): Promise<JobLogLine[]> {
    return readLog(this.engine_.reads, parseJobId(id), page)
  }

  /** @throws MedusaError (NOT_FOUND) */
  async retrieveJob(id: string): Promise<RetrievedJob> {
    const [job, secrets] = await Promise.all([retrieveJob(this.engine_.reads, id), this.secrets_()])
    return hideInJob(job, secrets)
  }
}
