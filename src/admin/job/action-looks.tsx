/** Icon and label of each action, the same in menus and on buttons. */
import { ArrowPath, ArrowUturnLeft, Pause, PlaySolid, SquareTwoStack, Trash, XCircle } from "@medusajs/icons"
import type { ReactNode } from "react"
import type { JobAction, JobState } from "../../modules/jobqueue/job/states"

export const ACTION_ICONS: Record<JobAction, ReactNode> = {
  retry: <ArrowPath />,
  restart: <ArrowUturnLeft />,
  hold: <Pause />,
  release: <PlaySolid />,
  clone: <SquareTwoStack />,
  cancel: <XCircle />,
  delete: <Trash />,
}

/** The text's key. A job that never ran is not run again. */
export function actionLabel(action: JobAction, state: JobState): string {
  return action === "retry" && state === "scheduled" ? "actions.runNow" : `actions.${action}`
}
