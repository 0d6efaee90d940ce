/** One icon per action, the same in menus and on buttons. */
import { ArrowPath, Trash, XCircle } from "@medusajs/icons"
import type { ReactNode } from "react"
import type { JobAction } from "../../modules/jobqueue/job/states"

export const ACTION_ICONS: Record<JobAction, ReactNode> = {
  retry: <ArrowPath />,
  cancel: <XCircle />,
  delete: <Trash />,
}
