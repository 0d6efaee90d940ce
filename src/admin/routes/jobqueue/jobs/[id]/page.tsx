/** One job: what was asked for, how it went, and what can be done about it. */
import { InlineTip, Skeleton } from "@medusajs/ui"
import { useNavigate, useParams, type UIMatch } from "react-router-dom"
import { useJob } from "../../../../api/jobs"
import { text, useText } from "../../../../i18n/text"
import { waitsForWorker } from "../../../../job/waits-for-worker"
import { AttemptsSection } from "./attempts-section"
import { GeneralSection } from "./general-section"
import { HeaderSection } from "./header-section"
import { HistorySection } from "./history-section"
import { JsonSection } from "./json-section"
import { LogSection } from "./log-section"

const JobPage = () => {
  const t = useText()
  const navigate = useNavigate()
  const { id } = useParams()
  const { data: job, error } = useJob(id!)
  if (!job) {
    if (error) {
      throw error
    }
    return <Loading />
  }
  return (
    <div className="flex flex-col gap-y-3">
      {waitsForWorker(job) && (
        <InlineTip variant="warning" label={t("noWorker.label")} role="status" className="bg-ui-bg-base">
          {t("noWorker.text", { identifier: job.identifier })}
        </InlineTip>
      )}
      <div className={TWO_COLUMNS}>
        <div className={COLUMN}>
          <HeaderSection job={job} onDeleted={() => void navigate("/jobqueue/jobs", { replace: true })} />
          <AttemptsSection attempts={job.failed_attempts} isOpen={job.state === "failed"} />
          {job.log.length > 0 && <LogSection log={job.log} />}
          <JsonSection title={t("detail.payload")} data={job.payload} />
          {job.result !== null && <JsonSection title={t("detail.result")} data={job.result} />}
        </div>
        <div className={COLUMN}>
          <GeneralSection job={job} />
          {Object.keys(job.context).length > 0 && (
            <JsonSection title={t("detail.context")} data={job.context} />
          )}
          {job.actions.length > 0 && <HistorySection actions={job.actions} />}
        </div>
      </div>
    </div>
  )
}

/** As core's pages with a sidebar, such as an order's. */
const TWO_COLUMNS =
  "flex w-full flex-col items-start gap-x-4 gap-y-3 xl:grid xl:grid-cols-[minmax(0,_1fr)_440px]"
const COLUMN = "flex w-full min-w-0 flex-col gap-y-3"

const Loading = () => (
  <div className="flex flex-col gap-y-3" aria-busy="true">
    <Skeleton className="h-72 w-full rounded-lg" />
    <Skeleton className="h-32 w-full rounded-lg" />
    <Skeleton className="h-48 w-full rounded-lg" />
  </div>
)

const Breadcrumb = ({ id }: { id: string }) => {
  const { data: job } = useJob(id)
  return <span className="inline-block max-w-[240px] truncate align-bottom">{job?.name ?? id}</span>
}

export const handle = {
  breadcrumb: ({ params }: UIMatch) => <Breadcrumb id={params.id!} />,
  seo: ({ params }: UIMatch) => ({ title: text("detail.title", { id: params.id! }) }),
}

export default JobPage
