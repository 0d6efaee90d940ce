/** The facts of a job. */
import { Badge, Container, Copy, Heading, Text } from "@medusajs/ui"
import type { ReactNode } from "react"
import { Link } from "react-router-dom"
import type { RetrievedJob } from "../../../../api/job-shapes"
import { useStoreName } from "../../../../api/shop"
import { useText } from "../../../../i18n/text"
import { showDuration } from "../../../../job/duration"
import { percentOf } from "../../../../job/progress"
import { resourcePage } from "../../../../job/resource-page"
import { Time } from "../../../../job/time"

export const GeneralSection = ({ job }: { job: RetrievedJob }) => {
  const t = useText()
  return (
    <Container className="divide-y p-0">
      <div className="px-6 py-4">
        <Heading level="h2">{t("detail.general")}</Heading>
      </div>
      <Facts job={job} />
    </Container>
  )
}

const Facts = ({ job }: { job: RetrievedJob }) => {
  const t = useText()
  const attempts = t("values.attempts", { attempts: job.attempts, max: job.max_attempts })
  return (
    <>
      {job.progress && <ProgressFact progress={job.progress} />}
      <Fact label={t("fields.id")}>
        <span className="flex items-center gap-x-1">
          {job.id}
          <Copy content={job.id} className="text-ui-fg-muted" />
        </span>
      </Fact>
      <Fact label={t("fields.identifier")}>
        <Label>{job.identifier}</Label>
      </Fact>
      <Fact label={t("fields.queue")}>
        <Label>{job.queue}</Label>
      </Fact>
      {job.store_id && <StoreFact id={job.store_id} isAssumed={job.store_assumed} />}
      {job.resource_type && job.resource_id && <ResourceFact type={job.resource_type} id={job.resource_id} />}
      {job.tags.length > 0 && <Fact label={t("fields.tags")}>{job.tags.join(", ")}</Fact>}
      <Fact label={t("fields.priority")}>{job.priority}</Fact>
      <Fact label={t("fields.attempts")}>{attempts}</Fact>
      <Fact label={t("fields.backoff")}>{useBackoff(job)}</Fact>
      <Fact label={t("fields.timeout")}>
        {job.timeout === null ? t("values.noTimeout") : showDuration(job.timeout)}
      </Fact>
      <Fact label={t("fields.created")}>{<Time at={job.created_at} />}</Fact>
      <Fact label={t("fields.runAt")}>{<Time at={job.run_at} />}</Fact>
      <Fact label={t("fields.started")}>{<Time at={job.started_at} />}</Fact>
      <Fact label={t("fields.finished")}>{<Time at={job.finished_at} />}</Fact>
    </>
  )
}

const Fact = ({ label, children }: { label: string; children: ReactNode }) => (
  <div className="text-ui-fg-subtle grid grid-cols-2 items-start gap-x-2 px-6 py-4">
    <Text size="small" leading="compact" weight="plus">
      {label}
    </Text>
    <Text size="small" leading="compact" as="div" className="min-w-0 [overflow-wrap:anywhere]">
      {children}
    </Text>
  </div>
)

const Label = ({ children }: { children: string }) => (
  <Badge size="2xsmall" className="h-auto w-fit max-w-full [overflow-wrap:anywhere]">
    {children}
  </Badge>
)

const ProgressFact = ({ progress }: { progress: NonNullable<RetrievedJob["progress"]> }) => {
  const t = useText()
  const { done, total, note } = progress
  const percent = percentOf(progress)
  return (
    <Fact label={t("fields.progress")}>
      <div className="flex flex-col gap-y-2">
        {percent === undefined ? done : t("values.progress", { done, total: String(total), percent })}
        {percent !== undefined && (
          <div
            role="progressbar"
            aria-label={t("fields.progress")}
            aria-valuenow={percent}
            className="bg-ui-bg-switch-off h-1.5 w-full overflow-hidden rounded-full"
          >
            <div className="bg-ui-bg-interactive h-full rounded-full" style={{ width: `${percent}%` }} />
          </div>
        )}
        {note && <span className="text-ui-fg-muted">{note}</span>}
        <span className="text-ui-fg-muted">
          <Time at={progress.updated_at} />
        </span>
      </div>
    </Fact>
  )
}

const LINK =
  "text-ui-fg-interactive hover:text-ui-fg-interactive-hover focus-visible:shadow-borders-focus rounded outline-none"

const StoreFact = ({ id, isAssumed }: { id: string; isAssumed: boolean }) => {
  const t = useText()
  const storeName = useStoreName()
  return (
    <Fact label={t("fields.store")}>
      <Link to="/settings/store" className={LINK}>
        {storeName(id)}
      </Link>
      {isAssumed && <span className="text-ui-fg-muted"> ({t("values.assumedStore")})</span>}
    </Fact>
  )
}

const ResourceFact = ({ type, id }: { type: string; id: string }) => {
  const t = useText()
  const page = resourcePage(type, id)
  return (
    <Fact label={t("fields.resource")}>
      {`${type} `}
      {page ? (
        <Link to={page} className={LINK}>
          {id}
        </Link>
      ) : (
        id
      )}
    </Fact>
  )
}

function useBackoff({ backoff }: RetrievedJob): string {
  const t = useText()
  const { type, delay = "5s" } = backoff
  const max = backoff.type === "exponential" ? (backoff.max ?? "1h") : ""
  return t(`values.backoff.${type}`, { delay: showSetting(delay), max: showSetting(max) })
}

/** Durations are stored as they were given: milliseconds, or a text such as "5s". */
function showSetting(duration: number | string): string {
  return typeof duration === "number" ? showDuration(duration) : duration
}
