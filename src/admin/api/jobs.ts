/** Reading jobs. Everything on the screen is refreshed every few seconds, as long as it is looked at. */
import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { sdk } from "./client"
import type { JobCounts, JobListAnswer, JobListQuery, RetrievedJob } from "./job-shapes"

/** The first part of every key here: one invalidation refreshes lists, counts and details. */
export const JOBS_KEY = ["jobqueue"]

const REFRESH = 5000

export function useJobs(query: JobListQuery) {
  return useQuery({
    queryKey: [...JOBS_KEY, "list", query],
    queryFn: () => sdk.client.fetch<JobListAnswer>("/admin/jobqueue/jobs", { query: { ...query } }),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH,
  })
}

/** Undefined while a name is searched for: counts know nothing of the search. */
export function useJobCounts(query: JobListQuery) {
  const { queue, identifier, store_id, resource_type, resource_id, q } = query
  const narrowing = { queue, identifier, store_id, resource_type, resource_id }
  const { data: counts } = useQuery({
    queryKey: [...JOBS_KEY, "counts", narrowing],
    queryFn: () => sdk.client.fetch<{ counts: JobCounts }>("/admin/jobqueue/counts", { query: narrowing }),
    select: (answer) => answer.counts,
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH,
    enabled: !q,
  })
  return q ? undefined : counts
}

export function useJob(id: string) {
  return useQuery({
    queryKey: [...JOBS_KEY, "job", id],
    queryFn: () => sdk.client.fetch<{ job: RetrievedJob }>(`/admin/jobqueue/jobs/${encodeURIComponent(id)}`),
    select: ({ job }) => job,
    // A job that is gone stays gone: its page says so at once.
    retry: (failures, error) => (error as { status?: number }).status !== 404 && failures < 3,
    refetchInterval: ({ state }) => (state.status === "error" ? false : REFRESH),
  })
}
