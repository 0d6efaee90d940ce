/** What the job's state allows, as buttons: on its own page and beside its order. */
import { Button } from "@medusajs/ui"
import { legalActions, type JobAction } from "../../modules/jobqueue/job/states"
import { useText } from "../i18n/text"
import { ACTION_ICONS, actionLabel } from "./action-looks"
import { useJobActions, type ActionableJob } from "./use-job-actions"

interface JobActionButtonsProps {
  job: ActionableJob
  /** Only these, where legal. Default all. */
  only?: readonly JobAction[]
  onDeleted?: () => void
}

export const JobActionButtons = ({ job, only, onDeleted }: JobActionButtonsProps) => {
  const t = useText()
  const { act, isPending } = useJobActions(onDeleted)
  const actions = legalActions(job.state).filter((action) => !only || only.includes(action))
  return (
    <div className="flex flex-wrap items-center gap-2">
      {actions.map((action) => (
        <Button
          key={action}
          size="small"
          variant="secondary"
          disabled={isPending}
          onClick={() => void act(action, job)}
        >
          {ACTION_ICONS[action]}
          {t(actionLabel(action, job.state))}
        </Button>
      ))}
    </div>
  )
}
