/** The list of jobs: what runs, what waits, what failed. */
import { text } from "../../../i18n/text"
import { JobList } from "./job-list"

const JobsPage = () => <JobList />

export const handle = { breadcrumb: () => text("jobs.title") }

export default JobsPage
