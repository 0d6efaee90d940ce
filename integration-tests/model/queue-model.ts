/** All that the model knows: the jobs, the worker processes, the hour, and who may claim what. */
import type { Kind, ModeledJob, Moment } from "./modeled-job"

export interface ModeledProcess {
  /** The id of its lease. */
  worker: number
  knows: readonly string[]
  /** Its lease ran out, but nobody has rescued its jobs yet. */
  isLapsed: boolean
  /** Its jobs were rescued: it gets nothing more, and whatever it brings is refused. */
  isDead: boolean
}

/** Priorities that every process expects; others are found by full claims. */
export const EXPECTED_PRIORITIES = [10, 100, 500]

export class QueueModel {
  readonly jobs = new Map<number, ModeledJob>()
  readonly processes: ModeledProcess[] = []
  /** Claim tokens that were used. */
  readonly tokens = new Set<number>()
  hour = 0
  #ready = 0

  now(): Moment {
    return { hour: this.hour, ready: ++this.#ready }
  }

  all(): ModeledJob[] {
    return [...this.jobs.values()]
  }

  running(): ModeledJob[] {
    return this.all().filter(({ state }) => state === "running")
  }

  isUnderWay(): boolean {
    return this.all().some(({ state }) => !["completed", "failed", "canceled"].includes(state))
  }

  /** In the order in which they should begin. */
  eligible({ isDead, knows }: ModeledProcess, kind: Kind): ModeledJob[] {
    return this.all()
      .filter(({ state, identifier }) => !isDead && state === "pending" && knows.includes(identifier))
      .filter(({ crashes }) => (kind === "repeated" ? crashes > 1 : crashes === (kind === "suspect" ? 1 : 0)))
      .sort((one, other) => one.priority - other.priority || one.ready - other.ready)
  }

  /** Scheduled and retrying jobs whose time has come. */
  due(): ModeledJob[] {
    return this.all().filter(
      ({ state, dueAt }) => (state === "scheduled" || state === "retrying") && dueAt <= this.hour
    )
  }

  /** Running under a process that is dead. */
  orphans(): ModeledJob[] {
    const dead = new Set(this.processes.filter(({ isDead }) => isDead).map(({ worker }) => worker))
    return this.running().filter(({ worker }) => dead.has(worker as number))
  }
}
