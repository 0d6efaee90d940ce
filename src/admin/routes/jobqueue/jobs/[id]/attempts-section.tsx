/** Every attempt that failed, newest first, each with its own error. Errors are shown as text, never as HTML. */
import { TriangleDownMini } from "@medusajs/icons"
import { Badge, clx, Container, Copy, Heading, Text } from "@medusajs/ui"
import { useId, useState } from "react"
import { JOB_STATES } from "../../../../../modules/jobqueue/job/states"
import type { FailedAttempt } from "../../../../api/job-shapes"
import { useText } from "../../../../i18n/text"
import { showDuration } from "../../../../job/duration"
import { Time } from "../../../../job/time"

interface AttemptsSectionProps {
  attempts: FailedAttempt[]
  /** Whether the newest shows its stack from the beginning. */
  isOpen: boolean
}

export const AttemptsSection = ({ attempts, isOpen }: AttemptsSectionProps) => {
  const t = useText()
  return (
    <Container className="divide-y p-0">
      <div className="flex items-center gap-x-3 px-6 py-4">
        <Heading level="h2">{t("detail.attempts")}</Heading>
        {attempts.length > 0 && (
          <Badge size="2xsmall" rounded="full">
            {attempts.length}
          </Badge>
        )}
      </div>
      {attempts.length === 0 && (
        <Text size="small" className="text-ui-fg-muted px-6 py-4">
          {t("detail.noAttempts")}
        </Text>
      )}
      {attempts.map((attempt, index) => (
        <Attempt
          key={`${attempt.attempt} ${attempt.started_at}`}
          attempt={attempt}
          isOpen={isOpen && index === 0}
        />
      ))}
    </Container>
  )
}

const Attempt = ({ attempt, isOpen }: { attempt: FailedAttempt; isOpen: boolean }) => {
  const t = useText()
  const [open, setOpen] = useState(isOpen)
  const details = useId()
  return (
    <div className="flex flex-col gap-y-2 px-6 py-4">
      <button
        type="button"
        aria-expanded={open}
        aria-controls={details}
        aria-label={t("detail.showAttempt", { number: attempt.attempt })}
        onClick={() => setOpen(!open)}
        className="focus-visible:shadow-borders-focus flex w-full items-center justify-between gap-x-4 rounded outline-none"
      >
        <div className="flex items-center gap-x-2">
          <Text size="small" leading="compact" weight="plus">
            {t("detail.attempt", { number: attempt.attempt })}
          </Text>
          <Outcome outcome={attempt.outcome} />
        </div>
        <TriangleDownMini
          className={clx("text-ui-fg-muted shrink-0 transition-transform", open && "rotate-180")}
        />
      </button>
      <ErrorText attempt={attempt} isWhole={open} />
      <Circumstances attempt={attempt} />
      <div id={details} hidden={!open}>
        {open && <Stack stack={attempt.error_stack} />}
      </div>
    </div>
  )
}

const Outcome = ({ outcome }: { outcome: string }) => {
  const t = useText()
  const given = outcome === "pending" || outcome === "scheduled"
  const known = JOB_STATES.some((state) => state === outcome)
  return (
    <Badge size="2xsmall" color={outcome === "failed" ? "red" : outcome === "retrying" ? "orange" : "grey"}>
      {given ? t(`outcomes.${outcome}`) : known ? t(`states.${outcome}`) : outcome}
    </Badge>
  )
}

/** Three lines of it; the whole, which may be 10,000 characters, in a box that scrolls. */
const ErrorText = ({ attempt, isWhole }: { attempt: FailedAttempt; isWhole: boolean }) => {
  const t = useText()
  return (
    <Text
      size="small"
      tabIndex={isWhole ? 0 : undefined}
      className={clx(
        "text-ui-fg-error whitespace-pre-wrap [overflow-wrap:anywhere]",
        isWhole ? "max-h-60 overflow-y-auto" : "line-clamp-3"
      )}
    >
      {attempt.error_name && <span className="font-medium">{`${attempt.error_name}: `}</span>}
      {attempt.error_message || t("detail.noMessage")}
    </Text>
  )
}

const Circumstances = ({ attempt }: { attempt: FailedAttempt }) => {
  const t = useText()
  const took = Date.parse(attempt.finished_at) - Date.parse(attempt.started_at)
  return (
    <Text size="small" leading="compact" as="div" className="text-ui-fg-muted flex flex-wrap gap-x-3 gap-y-1">
      <Time at={attempt.started_at} />
      <span>{t("detail.took", { duration: showDuration(took) })}</span>
      <span className="[overflow-wrap:anywhere]">{t("detail.worker", { worker: attempt.worker })}</span>
    </Text>
  )
}

const Stack = ({ stack }: { stack: string | null }) => {
  const t = useText()
  if (!stack) {
    return (
      <Text size="small" className="text-ui-fg-muted">
        {t("detail.noStack")}
      </Text>
    )
  }
  return (
    <div className="bg-ui-contrast-bg-base shadow-elevation-code-block relative overflow-hidden rounded-xl p-[5px]">
      <pre
        tabIndex={0}
        aria-label={t("detail.stack")}
        className="code-body text-ui-contrast-fg-primary bg-ui-contrast-bg-subtle border-ui-contrast-border-bot max-h-96 overflow-auto whitespace-pre rounded-lg border p-4 pr-12"
      >
        {stack}
      </pre>
      <Copy content={stack} className="text-ui-contrast-fg-secondary absolute right-4 top-4" />
    </div>
  )
}
