/** A moment in the viewer's own zone; the exact one, in UTC, on hover and for machines. */
import { Tooltip } from "@medusajs/ui"
import { useLanguage } from "../i18n/text"

const FORMATS = {
  short: { month: "short", day: "numeric", hour: "numeric", minute: "2-digit" },
  long: { dateStyle: "medium", timeStyle: "medium" },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>

interface TimeProps {
  /** ISO text. */
  at: string | null
  format?: keyof typeof FORMATS
}

export const Time = ({ at, format = "long" }: TimeProps) => {
  const language = useLanguage()
  if (!at) {
    return <span className="text-ui-fg-muted">-</span>
  }
  const date = new Date(at)
  return (
    <Tooltip content={`${date.toISOString().replace("T", " ").replace("Z", "")} UTC`}>
      <time dateTime={date.toISOString()}>{date.toLocaleString(language, FORMATS[format])}</time>
    </Tooltip>
  )
}
