/** The sidebar's entry. The overview will stand here; until then the list of jobs does. */
import { defineRouteConfig } from "@medusajs/admin-sdk"
import { QueueList } from "@medusajs/icons"
import { Navigate } from "react-router-dom"
import { text } from "../../i18n/text"

const JobQueuePage = () => <Navigate to="/jobqueue/jobs" replace />

export const config = defineRouteConfig({ label: "menu", icon: QueueList, translationNs: "jobqueue" })

export const handle = { breadcrumb: () => text("menu") }

export default JobQueuePage
