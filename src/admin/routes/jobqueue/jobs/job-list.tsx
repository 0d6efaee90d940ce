/** Tabs, search, filters and the table; it keeps the address and the table in step. */
import {
  Container,
  DataTable,
  Heading,
  InlineTip,
  Text,
  useDataTable,
  type DataTableFilter,
} from "@medusajs/ui"
import { useMemo, type MouseEvent } from "react"
import { useTranslation } from "react-i18next"
import { useNavigate } from "react-router-dom"
import { useJobCounts, useJobs } from "../../../api/jobs"
import type { ListedJob } from "../../../api/job-shapes"
import { useStores } from "../../../api/shop"
import { useLanguage, useText } from "../../../i18n/text"
import { StateTabs } from "./state-tabs"
import { useColumns } from "./use-columns"
import { useListParams } from "./use-list-params"

export const JobList = () => {
  const t = useText()
  const params = useListParams()
  const counts = useJobCounts(params.query)
  const { data: list, isPending, error } = useJobs(params.query)
  const table = useJobTable(list?.jobs ?? [], list?.count ?? 0, isPending, params)
  if (error && !list && (error as { status?: number }).status !== 400) {
    throw error
  }
  return (
    <Container className="divide-y p-0">
      <div className="px-6 py-4">
        <Heading>{t("jobs.title")}</Heading>
        <Text className="text-ui-fg-subtle" size="small">
          {t("jobs.subtitle")}
        </Text>
      </div>
      {error && <ErrorNote error={error} isOld={list !== undefined} />}
      <StateTabs state={params.state} counts={counts} onChange={params.setState}>
        <JobTable table={table} state={params.state} />
      </StateTabs>
      {list?.count_capped && <CappedNote limit={list.count} />}
    </Container>
  )
}

function useJobTable(
  data: ListedJob[],
  rowCount: number,
  isLoading: boolean,
  params: ReturnType<typeof useListParams>
) {
  const openJob = useOpenJob()
  return useDataTable({
    data,
    columns: useColumns(),
    filters: useFilters(),
    rowCount,
    isLoading,
    getRowId: ({ id }) => id,
    onRowClick: openJob,
    // Our handlers lead to the first page themselves, in one change of the address.
    autoResetPageIndex: false,
    pagination: { state: params.pagination, onPaginationChange: params.setPagination },
    search: { state: params.q, onSearchChange: params.setSearch },
    filtering: { state: params.filtering, onFilteringChange: params.setFiltering },
  })
}

function useFilters(): DataTableFilter[] {
  const t = useText()
  const { data: stores } = useStores()
  return useMemo(
    () => [
      { id: "queue", type: "string", label: t("fields.queue") },
      { id: "identifier", type: "string", label: t("fields.identifier") },
      {
        id: "store_id",
        type: "radio",
        label: t("fields.store"),
        options: (stores ?? []).map(({ id, name }) => ({ label: name || id, value: id })),
      },
      { id: "order", type: "string", label: t("fields.order") },
    ],
    [t, stores]
  )
}

/** As in core's tables: with Ctrl or Cmd in a new tab. */
function useOpenJob() {
  const navigate = useNavigate()
  return (event: MouseEvent, { id }: ListedJob) => {
    const path = `/jobqueue/jobs/${id}`
    if (event.metaKey || event.ctrlKey) {
      window.open(`${(__BASE__ || "/").replace(/\/$/, "")}${path}`, "_blank", "noreferrer")
    } else {
      void navigate(path)
    }
  }
}

/** The last column stays in view while the others scroll, as core's first one does; not on a phone. */
const ACTIONS_STAY =
  "md:[&_tr>:last-child]:sticky md:[&_tr>:last-child]:right-0 md:[&_th:last-child]:bg-ui-bg-subtle " +
  "md:[&_td:last-child]:bg-ui-bg-base md:[&_tr:hover_td:last-child]:bg-ui-bg-base-hover"

interface JobTableProps {
  table: ReturnType<typeof useJobTable>
  state: string | undefined
}

const JobTable = ({ table, state }: JobTableProps) => {
  const t = useText()
  const { t: core } = useTranslation()
  const nothing = state ? "jobs.emptyState" : "jobs.empty"
  return (
    <DataTable instance={table} className={ACTIONS_STAY}>
      <DataTable.Toolbar
        className="flex items-center justify-end gap-x-2"
        translations={{ clearAll: core("actions.clearAll") }}
      >
        <DataTable.FilterMenu tooltip={core("filters.filterLabel")} />
        <DataTable.Search placeholder={t("jobs.searchHint")} />
      </DataTable.Toolbar>
      <DataTable.Table
        emptyState={{
          empty: { heading: t(`${nothing}.heading`), description: t(`${nothing}.description`) },
          filtered: {
            heading: t("jobs.filteredEmpty.heading"),
            description: t("jobs.filteredEmpty.description"),
          },
        }}
      />
      <DataTable.Pagination
        translations={{
          of: core("general.of"),
          results: core("general.results"),
          pages: core("general.pages"),
          prev: core("general.prev"),
          next: core("general.next"),
        }}
      />
    </DataTable>
  )
}

/** The table goes on showing what it had. */
const ErrorNote = ({ error, isOld }: { error: Error; isOld: boolean }) => {
  const t = useText()
  return (
    <div className="px-6 py-4">
      <InlineTip variant="error" label={t("fields.error")} role="alert">
        {isOld ? t("jobs.stale", { message: error.message }) : error.message}
      </InlineTip>
    </div>
  )
}

/** Pages end at 10,000 jobs, as counts do. */
const CappedNote = ({ limit }: { limit: number }) => {
  const t = useText()
  const language = useLanguage()
  return (
    <Text size="small" className="text-ui-fg-muted px-6 py-3">
      {t("jobs.capped", { limit: limit.toLocaleString(language) })}
    </Text>
  )
}
