/** Name, state and buttons of a job, and why it is where it is. */
import { Container, Heading, Text } from "@medusajs/ui"
import type { RetrievedJob } from "../../../../api/job-shapes"
import { useText } from "../../../../i18n/text"
import { JobActionButtons } from "../../../../job/action-buttons"
import { StateBadge } from "../../../../job/state-badge"

interface HeaderSectionProps {
  job: RetrievedJob
  onDeleted: () => void
}

export const HeaderSection = ({ job, onDeleted }: HeaderSectionProps) => {
  const t = useText()
  return (
    <Container className="divide-y p-0">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-3 px-6 py-4">
        <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-2">
          <Heading className="min-w-0 [overflow-wrap:anywhere]">{job.name}</Heading>
          <StateBadge state={job.state} />
        </div>
        <JobActionButtons job={job} onDeleted={onDeleted} />
      </div>
      {job.reason && (
        <Text size="small" className="text-ui-fg-subtle px-6 py-4 [overflow-wrap:anywhere]">
          <span className="text-ui-fg-base font-medium">{t("fields.reason")}:</span> {job.reason}
        </Text>
      )}
    </Container>
  )
}
