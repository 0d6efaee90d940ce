/** A tab per state, each with its count; counts end at 10,000. */
import { Tabs, Text } from "@medusajs/ui"
import { useEffect, useRef, type ReactNode } from "react"
import { JOB_STATES, type JobState } from "../../../../modules/jobqueue/job/states"
import type { JobCounts } from "../../../api/job-shapes"
import { useLanguage, useText } from "../../../i18n/text"

const ALL = "all"

const ORDER: readonly JobState[] = [
  "pending",
  "scheduled",
  "running",
  "retrying",
  "waiting",
  "held",
  "failed",
  "completed",
  "canceled",
]

interface StateTabsProps {
  state: JobState | undefined
  counts: JobCounts | undefined
  onChange: (state: JobState | undefined) => void
  children: ReactNode
}

export const StateTabs = ({ state, counts, onChange, children }: StateTabsProps) => {
  const t = useText()
  const value = state ?? ALL
  const list = useActiveInView(value, counts !== undefined)
  // Jobs that wait for a third party are rare; their tab shows when there are some.
  const shown = ORDER.filter((one) => one !== "waiting" || one === state || counts?.waiting.count)
  const choose = (chosen: string) => onChange(JOB_STATES.find((known) => known === chosen))
  return (
    <Tabs value={value} onValueChange={choose} className="divide-y">
      <Tabs.List ref={list} aria-label={t("jobs.tabs")} className="overflow-x-auto px-6 py-3">
        <StateTab value={ALL} count={counts && sum(counts)} />
        {shown.map((one) => (
          <StateTab key={one} value={one} count={counts?.[one]} />
        ))}
      </Tabs.List>
      <Tabs.Content value={value}>{children}</Tabs.Content>
    </Tabs>
  )
}

/** On a phone the tabs are wider than the screen: a link to the failed jobs must show that it does. */
function useActiveInView(value: string, isCounted: boolean) {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const active = list.current?.querySelector("[data-state=active]")
    active?.scrollIntoView({ block: "nearest", inline: "center" })
  }, [value, isCounted]) // counts make the tabs wider
  return list
}

type Count = JobCounts[JobState]

const StateTab = ({ value, count }: { value: JobState | typeof ALL; count: Count | undefined }) => {
  const t = useText()
  const language = useLanguage()
  return (
    <Tabs.Trigger value={value} className="shrink-0 gap-x-1.5">
      {t(`states.${value}`)}
      {count && (
        <Text as="span" size="xsmall" leading="compact" className="text-ui-fg-muted tabular-nums">
          {count.count.toLocaleString(language)}
          {count.capped && "+"}
        </Text>
      )}
    </Tabs.Trigger>
  )
}

function sum(counts: JobCounts): Count {
  const all = Object.values(counts)
  return {
    count: all.reduce((total, { count }) => total + count, 0),
    capped: all.some(({ capped }) => capped),
  }
}
