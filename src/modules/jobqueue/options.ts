/** The plugin's options as a shop writes them, and as they are after the check. */
import type { MedusaContainer } from "@medusajs/framework/types"
import type { Duration } from "./job/duration"
import type { JobResource } from "./job/job"
import type { JobMiddleware } from "./job/middleware"
import type { JobSettings } from "./job/settings"

/** Names the store of a job for which nothing else does; undefined leaves it to the next rule. */
export type ResolveStore = (job: {
  container: MedusaContainer
  payload: unknown
  resource: JobResource | undefined
}) => string | undefined | Promise<string | undefined>

export interface QueueOptions extends JobSettings {
  /** Jobs of this queue that one process performs at a time. Default: the plugin's `concurrency`. */
  concurrency?: number
  /** Quick jobs (under 50 ms) that a worker claims ahead at most; 0 is none. Default: the plugin's `prefetch`. */
  prefetch?: number
  /** `false`: no continuous worker serves it; a scheduled one in `src/jobs` may. Default `true`. */
  worker?: boolean
}

export interface JobQueueOptions extends JobSettings {
  /** Queues by name. Those that a job class names need no entry here. */
  queues?: Record<string, QueueOptions>
  /** Default `"default"`. */
  defaultQueue?: string
  /**
   * `"inline"`: jobs are performed by the process that enqueues them, before `enqueue` returns (in a transaction: after its
   * commit), and no worker runs. For development and tests. Default `"queue"`.
   */
  mode?: "queue" | "inline"
  /** `false`: this process performs no jobs continuously. Default `true` (in worker modes `worker` and `shared`). */
  worker?: boolean
  /** Jobs that one queue performs at a time in one process. Default 10. */
  concurrency?: number
  /** Quick jobs (under 50 ms) that a worker claims ahead at most; 0 is none. Default 500. */
  prefetch?: number
  /** How often an idle worker looks for jobs when no wake-up reaches it. Default `"1s"`. */
  pollInterval?: Duration
  /** How long a shutdown waits for running jobs before it aborts them. Default `"25s"`. */
  shutdownGrace?: Duration
  /** The largest payload in bytes of JSON. Default 65,536. */
  maxPayloadBytes?: number
  /** How long finished jobs are kept. Default: completed 7 days, failed and canceled 90 days. */
  retention?: { completed?: Duration; failed?: Duration; canceled?: Duration }
  /** The scheduled worker of the default queue, for shops where no continuous worker runs. */
  defaultWorker?: {
    /** Default `true`. */
    enabled?: boolean
    /** When it looks for jobs. The admin's setting `default_worker.cron` overrides it. Default every five minutes. */
    cron?: string
    /** Jobs it performs at most at a time. Default 1,000. */
    limit?: number
    /** Time it takes at most. Default `"50s"`. */
    budget?: Duration
  }
  /**
   * Where third parties reach this shop, such as `"https://api.shop.example"`: the beginning of `context.callback().url`.
   * Default: none, and `url` is undefined.
   */
  callbackUrl?: string
  /**
   * Requests at callback addresses that one process takes in a minute, from one network address and overall; more are
   * answered with 429. Default 300 and 3,000.
   */
  callbackRate?: { perAddress?: number; overall?: number }
  /**
   * `true`: a promise that a job leaves rejected and unhandled, or a process warning that it raises, fails that attempt.
   * A job class says otherwise by `static strict`. Default `false`: such a rejection is logged.
   */
  strict?: boolean
  /** Names the store of a job for which the call does not. */
  resolveStore?: ResolveStore
  /** Around every enqueue and every perform; the first is the outermost. `jobqueue.use()` adds more. */
  middleware?: JobMiddleware[]
  /** How long one hook of a job class, and one emit of events, is waited for. Default `"5s"`. */
  hookTimeout?: Duration
  /** Connections of the queue's own pool. Default 4. */
  poolSize?: number
  /**
   * `true`: a transaction pooler, such as pgbouncer, stands in front of Postgres. Then nothing listens, because that
   * needs a session, and nothing is prepared by name: workers poll more often instead. Default `false`.
   */
  pooler?: boolean
}

export interface ParsedOptions extends JobSettings {
  queues: Record<string, QueueOptions>
  defaultQueue: string
  mode: "queue" | "inline"
  worker: boolean
  concurrency: number
  prefetch: number
  pollInterval: number
  shutdownGrace: number
  maxPayloadBytes: number
  retention: { completed: number; failed: number; canceled: number }
  defaultWorker: { enabled: boolean; cron: string; limit: number; budget: number }
  callbackUrl?: string
  callbackRate: { perAddress: number; overall: number }
  strict: boolean
  resolveStore?: ResolveStore
  middleware: JobMiddleware[]
  hookTimeout: number
  poolSize: number
  pooler: boolean
}
