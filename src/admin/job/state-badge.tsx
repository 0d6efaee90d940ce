/** A job's state in the colours that core gives to workflow executions. */
import { StatusBadge } from "@medusajs/ui"
import type { JobState } from "../../modules/jobqueue/job/states"
import { useText } from "../i18n/text"

const COLORS: Record<JobState, "green" | "red" | "orange" | "blue" | "purple" | "grey"> = {
  scheduled: "purple",
  pending: "grey",
  running: "blue",
  retrying: "orange",
  waiting: "purple",
  held: "orange",
  completed: "green",
  failed: "red",
  canceled: "grey",
}

export const StateBadge = ({ state }: { state: JobState }) => {
  const t = useText()
  return (
    <StatusBadge color={COLORS[state]} className="shrink-0 whitespace-nowrap">
      {t(`states.${state}`)}
    </StatusBadge>
  )
}
