/**
 * The facade: `container.resolve("jobqueue")`. Each verb delegates in a few lines; the engine behind it is
 * composed by the loaders.
 */
import { ContainerRegistrationKeys, MedusaService } from "@medusajs/framework/utils"
import type { ConfigModule } from "@medusajs/framework/types"
import { applicationHooks, type ApplicationHooks } from "./application-hooks"
import { DEFAULT_WORKER_CRON } from "./constants"
import { invalidSetting, shutDown, unknownQueue } from "./errors"
import type { JobClass } from "./job/abstract-job"
import { toMilliseconds, type Duration } from "./job/duration"
import type { EnqueueOptions, SharedContext } from "./job/enqueue-options"
import type { Job } from "./job/job"
import type { JobAction } from "./job/states"
import type { JobRequest } from "./lifecycle/check-request"
import { ENGINE, type Engine } from "./loaders/compose"
import { JobqueueJob } from "./models/job"
import { cronProblem } from "./options"
import { countJobs, type CountFilters, type JobCounts } from "./table/count"
import type { JobFilters } from "./table/job-filters"
import { parseJobId } from "./table/job-id"
import { listJobs, type JobList, type JobPage } from "./table/list"
import { repairJob, type Actor } from "./table/repair"
import { retrieveJob, type RetrievedJob } from "./table/retrieve"
import { resetSetting, writeSetting } from "./table/settings"
import { openTransaction } from "./table/transaction"
import { defaultWorkerCron, type SettingValue } from "./worker/default-queue"
import { runBounded } from "./worker/scheduled-run"

interface Cradle {
  [ENGINE]: Engine
  /** In a module test it says nothing of the project. */
  [ContainerRegistrationKeys.CONFIG_MODULE]?: Partial<ConfigModule>
}

/** What the admin can set for the whole shop. */
export interface SettingsView {
  /** When the scheduled worker of the default queue looks for jobs: a cron pattern, in UTC. */
  [DEFAULT_WORKER_CRON]: SettingValue
}

/** New values; null takes the admin's value back. */
export type SettingsUpdate = { [K in keyof SettingsView]?: string | null }

/** Bounds of one scheduled run. */
export interface ScheduledWork {
  queue: string
  /** Jobs at most. Default 1,000. */
  limit?: number
  /** Time at most. Default `"50s"`. */
  budget?: Duration
}

const DEFAULT_LIMIT = 1000
const DEFAULT_BUDGET = "50s"

export default class JobQueueService extends MedusaService({ JobqueueJob }) {
  readonly __hooks: ApplicationHooks
  /** Not a #private field: Medusa hands out the service behind proxies. */
  protected readonly engine_: Engine

  constructor(cradle: Cradle, ...rest: unknown[]) {
    super(cradle, ...rest)
    this.engine_ = cradle[ENGINE]
    this.__hooks = applicationHooks(
      this.engine_,
      () => cradle[ContainerRegistrationKeys.CONFIG_MODULE]?.projectConfig?.workerMode
    )
  }

  /**
   * Writes one job.
   * @param target - the job class, or the identifier of one that any process ever registered
   * @param sharedContext - your module's shared context, or `{ transaction }`: the job is written in it
   * @throws MedusaError (INVALID_DATA) for a payload or an option that is not valid; nothing was written then
   */
  async enqueue<P>(
    target: JobClass<P> | string,
    payload: P,
    options: EnqueueOptions = {},
    sharedContext?: SharedContext
  ): Promise<Job> {
    const [job] = await this.enqueueMany(target, [{ ...options, payload }], sharedContext)
    return job
  }

  /** Writes all of `requests` or none, in one statement; answers in their order. An empty list is a no-op. */
  async enqueueMany<P>(
    target: JobClass<P> | string,
    requests: readonly (JobRequest & { payload: P })[],
    sharedContext?: SharedContext
  ): Promise<Job[]> {
    if (this.engine_.database.isClosed) {
      throw shutDown()
    }
    const { enqueuer } = this.engine_
    return enqueuer.enqueue(target, requests, await openTransaction(sharedContext))
  }

  /** Jobs as the admin lists them, the newest first. */
  listJobs(filters: JobFilters, page: JobPage): Promise<JobList> {
    return listJobs(this.engine_.reads, filters, page)
  }

  /** How many jobs are in each state; exact up to 10,000. */
  countJobs(filters: CountFilters = {}): Promise<JobCounts> {
    return countJobs(this.engine_.reads, filters)
  }

  /** @throws MedusaError (NOT_FOUND) */
  retrieveJob(id: string): Promise<RetrievedJob> {
    return retrieveJob(this.engine_.reads, id)
  }

  /** Makes a scheduled, retrying, held, failed or canceled job pending now, with at least one more attempt. */
  retryJob(id: string, actor?: Actor): Promise<RetrievedJob> {
    return this.repair_("retry", id, actor)
  }

  /** Cancels a job that has not finished; a running one is told to stop. */
  cancelJob(id: string, actor?: Actor): Promise<RetrievedJob> {
    return this.repair_("cancel", id, actor)
  }

  /** Deletes a job that does not run, with its whole history. */
  async deleteJob(id: string, actor?: Actor): Promise<{ id: string }> {
    await repairJob(this.engine_.database, "delete", parseJobId(id), actor)
    return { id }
  }

  async getSettings(): Promise<SettingsView> {
    const { database, options } = this.engine_
    return { [DEFAULT_WORKER_CRON]: await defaultWorkerCron(database, options) }
  }

  /** @throws MedusaError (INVALID_DATA) that says what is wrong with a value */
  async updateSettings(changes: SettingsUpdate, actor?: Actor): Promise<SettingsView> {
    const pattern = changes[DEFAULT_WORKER_CRON]
    const problem = pattern ? cronProblem(pattern) : undefined
    if (problem) {
      throw invalidSetting(DEFAULT_WORKER_CRON, problem)
    }
    if (pattern) {
      await writeSetting(this.engine_.database, DEFAULT_WORKER_CRON, pattern, actor?.id ?? null)
    } else if (pattern === null) {
      await resetSetting(this.engine_.database, DEFAULT_WORKER_CRON)
    }
    return this.getSettings()
  }

  /** Works on one queue for a bounded time, as a scheduled job. Answers how many jobs it began. */
  async workScheduled({
    queue,
    limit = DEFAULT_LIMIT,
    budget = DEFAULT_BUDGET,
  }: ScheduledWork): Promise<number> {
    const { catalog, workerProcess, workerSettings } = this.engine_
    if (!catalog.queues().includes(queue)) {
      throw unknownQueue(queue, catalog.queues())
    }
    return runBounded(workerSettings(queue), workerProcess, { limit, budget: toMilliseconds(budget) })
  }

  /** The plugin's own scheduled job, each minute. Works when the settings named a moment since the last tick. */
  async workDefaultQueue(tick: Date): Promise<number> {
    const { options, defaultQueueSchedule } = this.engine_
    const { limit, budget } = options.defaultWorker
    const isDue = await defaultQueueSchedule.isDue(tick)
    return isDue ? this.workScheduled({ queue: options.defaultQueue, limit, budget }) : 0
  }

  protected async repair_(action: JobAction, id: string, actor?: Actor): Promise<RetrievedJob> {
    await repairJob(this.engine_.database, action, parseJobId(id), actor)
    const job = await this.retrieveJob(id)
    if (job.state === "pending") {
      this.engine_.wake([job.queue])
    }
    return job
  }
}
