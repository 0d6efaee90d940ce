/** Who did what to the job, newest first. */
import { Container, Heading, Text } from "@medusajs/ui"
import type { JobActionRecord } from "../../../../api/job-shapes"
import { useUserEmail } from "../../../../api/shop"
import { useText } from "../../../../i18n/text"
import { Time } from "../../../../job/time"

export const HistorySection = ({ actions }: { actions: JobActionRecord[] }) => {
  const t = useText()
  return (
    <Container className="divide-y p-0">
      <div className="px-6 py-4">
        <Heading level="h2">{t("detail.history")}</Heading>
      </div>
      {actions.map((action, index) => (
        <Entry key={actions.length - index} action={action} />
      ))}
    </Container>
  )
}

const Entry = ({ action }: { action: JobActionRecord }) => {
  const t = useText()
  return (
    <div className="text-ui-fg-subtle grid grid-cols-2 items-start gap-x-2 px-6 py-4">
      <Text size="small" leading="compact" weight="plus" as="div">
        <Time at={action.created_at} />
      </Text>
      <Text size="small" leading="compact" className="[overflow-wrap:anywhere]">
        {t(`detail.did.${action.action}`)} <Actor action={action} />{" "}
        <span className="text-ui-fg-muted">
          ({t("detail.was", { state: t(`states.${action.from_state}`) })})
        </span>
      </Text>
    </div>
  )
}

const Actor = ({ action: { actor_type: type, actor_id: id } }: { action: JobActionRecord }) => {
  const t = useText()
  const email = useUserEmail(type === "user" && id ? id : undefined)
  return id ? t("detail.by", { actor: email ?? `${type} ${id}` }) : t("detail.byUnknown")
}
