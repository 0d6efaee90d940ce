/**
 * What follows when an outcome is written: the hooks of the job's class and its event. Nothing here takes a place from
 * other jobs or changes what was written; each runs at most once, and not at all for an outcome that was refused.
 */
import type { Job } from "../job/job"
import { isChosenEvent, jobEvent } from "../job/job-events"
import type { JsonValue } from "../job/json"
import { isFinished, type JobState } from "../job/states"
import type { Conclusion, Settlement } from "../table/settle"
import { AfterContext } from "./after-context"
import { asCurrentJob } from "./current-job"
import type { EndedJobs } from "./ended-jobs"
import type { EventOutlet } from "./event-outlet"
import { errorOf, runHooks, type Ending, type Wishes } from "./hooks"
import { besideAttempt } from "./log-outcome"
import type { Run, RunOwner, Watched } from "./run"
import type { SafetyLimits } from "./safely"

/** Hooks that have not ended: beyond this the process claims nothing more. */
const BACKLOG_LIMIT = 1000

/** Ended jobs that are read at a time. */
const READ_LIMIT = 1000

export class Afterwards {
  readonly #events: EventOutlet
  readonly #ended: EndedJobs
  readonly #limits: SafetyLimits
  /** With who gave the job its place, where it was performed here. */
  readonly #open = new Map<Promise<void>, RunOwner | undefined>()

  constructor(events: EventOutlet, ended: EndedJobs, limits: SafetyLimits) {
    this.#events = events
    this.#ended = ended
    this.#limits = limits
  }

  /**
   * A settlement was written.
   * @param state - what the job came to: `canceled` where a cancellation was asked for meanwhile
   */
  settled(run: Run, { conclusion }: Settlement, state: JobState): void {
    const { watched } = run
    if (state === "completed" && !watched) {
      return // most jobs
    }
    if (watched ? wantsEvent(watched.wishes, state) : !isChosenEvent(state)) {
      this.#emit(jobAfter(run, conclusion, state))
    }
    if (watched ? watched.wishes.hasAfter : isFinished(state)) {
      this.#runHooks(run, conclusion, state)
    }
  }

  /**
   * Jobs that came to another state without being performed here: failed by a rescue, canceled or held by a person. Their
   * hooks run on fresh instances where this process knows the class.
   */
  ended(ids: readonly number[]): void {
    if (ids.length > 0) {
      this.#track(this.#readEnded(ids))
    }
  }

  /** True while hooks are slower than the jobs. */
  get isBehind(): boolean {
    return this.#open.size > BACKLOG_LIMIT
  }

  /**
   * Resolves when the hooks that run now have ended and the events are sent.
   * @param owner - only the hooks of its jobs: whoever waits in a hook must not wait for that hook
   */
  async over(owner?: RunOwner): Promise<void> {
    const open = [...this.#open].filter(([, of]) => owner === undefined || of === owner)
    await Promise.all(open.map(([work]) => work))
    await this.#events.sent()
  }

  async #readEnded(ids: readonly number[]): Promise<void> {
    for (let begin = 0; begin < ids.length; begin += READ_LIMIT) {
      const jobs = await this.#ended.read(ids.slice(begin, begin + READ_LIMIT))
      for (const job of jobs) {
        if (!isChosenEvent(job.state) || this.#ended.classOf(job)?.events?.includes(job.state)) {
          this.#emit(job)
        }
      }
      await Promise.all(jobs.filter(({ state }) => isFinished(state)).map((job) => this.#ended.runHooks(job)))
      await this.#events.sent()
    }
  }

  #emit(job: Job): void {
    const event = jobEvent(job)
    if (event) {
      this.#events.add(event)
    }
  }

  #runHooks(run: Run, conclusion: Conclusion, state: JobState): void {
    const isHeard = isFinished(state) || (state === "retrying" && !conclusion.uncounted)
    if (isHeard) {
      const job = jobAfter(run, conclusion, state)
      const hooks = run.watched
        ? () => runWatched(run.watched as Watched, job, endingOf(run, conclusion, state), this.#limits)
        : () => this.#ended.runHooks(job)
      this.#track(asCurrentJob(besideAttempt(run.claimed, this.#limits.logger), hooks), run.owner)
    }
  }

  #track(work: Promise<void>, owner?: RunOwner): void {
    const tracked = work.finally(() => this.#open.delete(tracked))
    this.#open.set(tracked, owner)
  }
}

function runWatched(
  { instance, context }: Watched,
  job: Job,
  ending: Ending,
  limits: SafetyLimits
): Promise<void> {
  return runHooks(instance, ending, new AfterContext(job, context.attempt, context), limits)
}

function wantsEvent({ events }: Wishes, state: JobState): boolean {
  return !isChosenEvent(state) || events.has(state)
}

function endingOf({ watched }: Run, { result, error }: Conclusion, state: JobState): Ending {
  return {
    state,
    result: result as JsonValue | undefined,
    error: error ? errorOf(error, watched?.thrown) : undefined,
  }
}

/** The job as the settlement left it, as far as this process knows: the times are the database's. */
function jobAfter({ claimed }: Run, { result, reason, uncounted }: Conclusion, state: JobState): Job {
  const { job, attempt } = claimed
  return {
    ...job,
    state,
    reason,
    attempts: uncounted ? attempt - 1 : attempt,
    result: state === "completed" ? ((result as JsonValue | undefined) ?? null) : null,
  }
}
