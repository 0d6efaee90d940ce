/** Beside an order: its jobs, failures first, each with Retry. */
import { defineWidgetConfig } from "@medusajs/admin-sdk"
import type { AdminOrder, DetailWidgetProps } from "@medusajs/framework/types"
import { Container, Heading, Skeleton, Text } from "@medusajs/ui"
import { Link } from "react-router-dom"
import { useJobs } from "../api/jobs"
import type { ListedJob } from "../api/job-shapes"
import { useText } from "../i18n/text"
import { JobActionButtons } from "../job/action-buttons"
import { byUrgency } from "../job/urgency"
import { StateBadge } from "../job/state-badge"
import { Time } from "../job/time"

const SHOWN = 5
const LOADED = 100

const OrderJobs = ({ data: order }: DetailWidgetProps<AdminOrder>) => {
  const t = useText()
  const { data: list, error } = useJobs({ resource_type: "order", resource_id: order.id, limit: LOADED })
  const jobs = [...(list?.jobs ?? [])].sort(byUrgency)
  return (
    <Container className="divide-y p-0">
      <div className="px-6 py-4">
        <Heading level="h2">{t("order.title")}</Heading>
      </div>
      {!list && <Placeholder hasError={error !== null} />}
      {list && jobs.length === 0 && (
        <Text size="small" className="text-ui-fg-muted px-6 py-4">
          {t("order.empty")}
        </Text>
      )}
      {jobs.slice(0, SHOWN).map((job) => (
        <OrderJob key={job.id} job={job} />
      ))}
      {jobs.length > SHOWN && (
        <div className="px-6 py-4">
          <Link
            to={`/jobqueue/jobs?order=${encodeURIComponent(JSON.stringify(order.id))}`}
            className="txt-compact-small-plus text-ui-fg-interactive hover:text-ui-fg-interactive-hover focus-visible:shadow-borders-focus rounded outline-none"
          >
            {t("order.all")}
          </Link>
        </div>
      )}
    </Container>
  )
}

const Placeholder = ({ hasError }: { hasError: boolean }) => {
  const t = useText()
  return (
    <div className="px-6 py-4">
      {hasError ? (
        <Text size="small" className="text-ui-fg-error" role="alert">
          {t("order.error")}
        </Text>
      ) : (
        <Skeleton className="h-8 w-full" />
      )}
    </div>
  )
}

const OrderJob = ({ job }: { job: ListedJob }) => {
  const t = useText()
  const error = job.state === "completed" ? null : (job.error_message ?? job.reason)
  return (
    <div className="flex flex-col gap-y-2 px-6 py-4">
      <div className="flex items-start justify-between gap-x-3">
        <Link
          to={`/jobqueue/jobs/${job.id}`}
          className="txt-compact-small-plus text-ui-fg-base hover:text-ui-fg-interactive focus-visible:shadow-borders-focus min-w-0 rounded outline-none [overflow-wrap:anywhere]"
        >
          {job.name}
        </Link>
        <StateBadge state={job.state} />
      </div>
      <Text size="small" leading="compact" as="div" className="text-ui-fg-muted flex flex-wrap gap-x-2">
        <Time at={job.finished_at ?? job.run_at} format="short" />
        <span>
          {t("fields.attempts")} {t("values.attempts", { attempts: job.attempts, max: job.max_attempts })}
        </span>
      </Text>
      {error && (
        <Text size="small" className="text-ui-fg-error line-clamp-2 [overflow-wrap:anywhere]" title={error}>
          {error}
        </Text>
      )}
      {job.state !== "scheduled" && <JobActionButtons job={job} only={RETRY} />}
    </div>
  )
}

const RETRY = ["retry"] as const

export const config = defineWidgetConfig({ zone: "order.details.side.after", id: "jobqueue-order-jobs" })

export default OrderJobs
