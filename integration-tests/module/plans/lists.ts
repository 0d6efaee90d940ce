/** The admin's lists. They are never prepared, so they have no generic plan. */
import type { Database } from "../../../src/modules/jobqueue/table/database"
import type { JobFilters } from "../../../src/modules/jobqueue/table/job-filters"
import { listJobs } from "../../../src/modules/jobqueue/table/list"
import type { Statement } from "../../recorder"
import type { Verb } from "./verbs"

// What is shown of the jobs of a page, whichever they are.
const SHOWN = [
  "attempt by jobqueue_attempt_pkey",
  "live by jobqueue_live_pkey",
  "outcome by jobqueue_outcome_pkey",
  "request by jobqueue_request_pkey",
]

export const LISTS: Record<string, Verb> = {
  all: list({}, "request by jobqueue_request_pkey"),
  // Where the planner believes that hardly any is pending, it collects and sorts them: a million in 700 ms.
  pending: { ...list({ state: "pending" }), mayRead: ["live by IDX_jobqueue_live_ready"] },
  held: list({ state: "held" }, "live by IDX_jobqueue_live_held"),
  failed: list({ state: "failed" }, "outcome by IDX_jobqueue_outcome_not_completed"),
  completed: list({ state: "completed" }, "outcome by IDX_jobqueue_outcome_finished"),
  "of a resource": list(
    { resource_type: "order", resource_id: "order_500" },
    "request by IDX_jobqueue_request_resource",
    "resource by jobqueue_resource_pkey"
  ),
  "of a further resource": list(
    { resource_type: "cart", resource_id: "cart_500" },
    "request by IDX_jobqueue_request_resource",
    "resource by jobqueue_resource_pkey"
  ),
  "of a resource, failed": {
    ...list(
      { resource_type: "cart", resource_id: "cart_250001", state: "failed" },
      "resource by jobqueue_resource_pkey"
    ),
    mayRead: ["request by IDX_jobqueue_request_resource", "outcome by IDX_jobqueue_outcome_not_completed"],
    walks: undefined,
  },
  "of an identifier": list({ identifier: "unknown" }, "request by IDX_jobqueue_request_identifier"),
  "of a store": list({ store_id: "store_1" }, "request by IDX_jobqueue_request_store"),
}

function list(filters: JobFilters, read?: string, further?: string): Verb {
  const limit = 20
  return {
    perform: (sql) => listJobs(sql as Database, filters, { limit }),
    reads: [...new Set([...SHOWN, read ?? [], further ?? []].flat())],
    walks: read?.split(" by ")[1],
    rows: limit,
  }
}

/** A list is two statements; the other one counts, up to a limit, and may scan as far as that. */
export function isPage({ text }: Statement): boolean {
  return text.includes("with page as")
}
