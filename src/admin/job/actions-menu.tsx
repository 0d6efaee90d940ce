/** The three dots at the end of a row: what the job's state allows. */
import { EllipsisHorizontal } from "@medusajs/icons"
import { DropdownMenu, IconButton } from "@medusajs/ui"
import { legalActions } from "../../modules/jobqueue/job/states"
import { useText } from "../i18n/text"
import { ACTION_ICONS, actionLabel } from "./action-looks"
import { useJobActions, type ActionableJob } from "./use-job-actions"

export const JobActionsMenu = ({ job }: { job: ActionableJob }) => {
  const t = useText()
  const { act, isPending } = useJobActions()
  return (
    // A click on the menu is none on the row.
    <div onClick={(event) => event.stopPropagation()}>
      <DropdownMenu>
        <DropdownMenu.Trigger asChild>
          <IconButton
            size="small"
            variant="transparent"
            disabled={isPending}
            aria-label={t("actions.menu", { name: job.name })}
          >
            <EllipsisHorizontal />
          </IconButton>
        </DropdownMenu.Trigger>
        <DropdownMenu.Content align="end">
          {legalActions(job.state).map((action) => (
            <DropdownMenu.Item
              key={action}
              className="[&_svg]:text-ui-fg-subtle flex items-center gap-x-2"
              onClick={() => void act(action, job)}
            >
              {ACTION_ICONS[action]}
              <span>{t(actionLabel(action, job.state))}</span>
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu>
    </div>
  )
}
