/** The last lines that the job logged, by attempt, the newest attempt first. Messages are shown as text, never as HTML. */
import { Container, Heading, Text } from "@medusajs/ui"
import type { LogLine } from "../../../../api/job-shapes"
import { useText } from "../../../../i18n/text"
import { Time } from "../../../../job/time"

export const LogSection = ({ log }: { log: LogLine[] }) => {
  const t = useText()
  const attempts = [...new Set(log.map(({ attempt }) => attempt))].reverse()
  return (
    <Container className="divide-y p-0">
      <div className="px-6 py-4">
        <Heading level="h2">{t("detail.log")}</Heading>
      </div>
      {attempts.map((attempt) => (
        <div key={attempt} className="flex flex-col gap-y-2 px-6 py-4">
          <Text size="small" leading="compact" weight="plus">
            {t("detail.attempt", { number: attempt })}
          </Text>
          <Lines
            label={t("detail.logOf", { number: attempt })}
            lines={log.filter((line) => line.attempt === attempt)}
          />
        </div>
      ))}
    </Container>
  )
}

const Lines = ({ label, lines }: { label: string; lines: LogLine[] }) => (
  <ol tabIndex={0} aria-label={label} className="flex max-h-96 flex-col gap-y-2 overflow-y-auto">
    {lines.map((line, index) => (
      <Line key={index} line={line} />
    ))}
  </ol>
)

const Line = ({ line: { logged_at, message, data } }: { line: LogLine }) => (
  <li className="grid grid-cols-[auto_minmax(0,_1fr)] items-start gap-x-4">
    <Text size="small" as="div" className="text-ui-fg-muted">
      <Time at={logged_at} />
    </Text>
    <Text size="small" as="div" className="text-ui-fg-subtle whitespace-pre-wrap [overflow-wrap:anywhere]">
      {message}
      {data !== null && <code className="code-body text-ui-fg-muted block">{JSON.stringify(data)}</code>}
    </Text>
  </li>
)
