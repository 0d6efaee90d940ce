/** The admin's texts by language, in a namespace of their own. Medusa merges them into the dashboard's. */
import { en } from "./en"

export default { en: { jobqueue: en } }
