/** The columns of the list. Texts of any length stay inside their cell; the whole is in the tooltip. */
import { ExclamationCircle } from "@medusajs/icons"
import { Badge, createDataTableColumnHelper, Tooltip } from "@medusajs/ui"
import { useMemo } from "react"
import { Link } from "react-router-dom"
import type { ListedJob } from "../../../api/job-shapes"
import { useStoreName } from "../../../api/shop"
import { useText } from "../../../i18n/text"
import { JobActionsMenu } from "../../../job/actions-menu"
import { StateBadge } from "../../../job/state-badge"
import { Time } from "../../../job/time"
import { waitsForWorker } from "../../../job/waits-for-worker"

const column = createDataTableColumnHelper<ListedJob>()

export function useColumns() {
  const t = useText()
  const storeName = useStoreName()
  return useMemo(
    () => [
      column.accessor("name", {
        header: t("fields.name"),
        cell: ({ row }) => <NameCell job={row.original} />,
      }),
      column.accessor("state", {
        header: t("fields.state"),
        truncateTooltip: false,
        cell: ({ row }) => <StateCell job={row.original} />,
      }),
      column.accessor("store_id", {
        header: t("fields.store"),
        maxSize: 140,
        cell: ({ getValue }) => storeName(getValue() ?? "") || <Nothing />,
      }),
      column.accessor("attempts", {
        header: t("fields.attempts"),
        cell: ({ row: { original: job } }) =>
          t("values.attempts", { attempts: job.attempts, max: job.max_attempts }),
      }),
      column.accessor("run_at", {
        header: t("fields.runAt"),
        truncateTooltip: false,
        cell: ({ getValue }) => <Time at={getValue()} format="short" />,
      }),
      column.accessor("error_message", {
        header: t("fields.error"),
        maxSize: 190,
        cell: ({ row: { original: job } }) => errorOf(job) || <Nothing />,
      }),
      column.accessor("queue", { header: t("fields.queue"), maxSize: 120 }),
      column.accessor("identifier", {
        header: t("fields.identifier"),
        maxSize: 180,
        cell: ({ getValue }) => (
          <Badge size="2xsmall" className="max-w-full">
            <span className="truncate">{getValue()}</span>
          </Badge>
        ),
      }),
      column.display({
        id: "action",
        meta: OWN_TOOLTIP,
        cell: ({ row }) => <JobActionsMenu job={row.original} />,
      }),
    ],
    [t, storeName]
  )
}

/** What `truncateTooltip: false` writes. The table's own tooltip, though unseen, would take the Escape key. */
const OWN_TOOLTIP = { ___truncateTooltip: false }

/** A link, so that the keyboard reaches the job too; the click on the row does the same. */
const NameCell = ({ job }: { job: ListedJob }) => (
  <Link
    to={`/jobqueue/jobs/${job.id}`}
    onClick={(event) => event.stopPropagation()}
    className="text-ui-fg-base focus-visible:shadow-borders-focus block max-w-[140px] truncate rounded outline-none md:max-w-[220px]"
  >
    {job.name}
  </Link>
)

const StateCell = ({ job }: { job: ListedJob }) => {
  const t = useText()
  const warning = t("noWorker.text", { identifier: job.identifier })
  return (
    <div className="flex items-center gap-x-1.5">
      <StateBadge state={job.state} />
      {waitsForWorker(job) && (
        <Tooltip content={warning}>
          <ExclamationCircle aria-label={warning} role="img" className="text-ui-tag-orange-icon shrink-0" />
        </Tooltip>
      )}
    </div>
  )
}

const Nothing = () => <span className="text-ui-fg-muted">-</span>

/** Errors of a job that came through in the end are on its own page. */
function errorOf(job: ListedJob): string | null {
  return job.state === "completed" ? null : (job.error_message ?? job.reason)
}
