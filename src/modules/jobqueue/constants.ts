/** The names that the rest of the shop knows this module by. */

/** Registration key of the module's service: `container.resolve(JOBQUEUE)`. */
export const JOBQUEUE = "jobqueue"

/** The queue of a job for which nobody named one. */
export const DEFAULT_QUEUE = "default"

/** The LISTEN/NOTIFY channel; its payload is the name of the queue that has new work. */
export const WAKE_CHANNEL = "jobqueue_wake"

/** Where third parties answer to waiting jobs: a route of the shop, followed by the token. */
export const CALLBACK_PATH = "/hooks/jobqueue"

/** This package's version, shown with each worker process. A test holds it against package.json. */
export const VERSION = "0.1.0"

/** Key of the admin's setting for when the scheduled worker of the default queue looks for jobs. */
export const DEFAULT_WORKER_CRON = "default_worker.cron"
