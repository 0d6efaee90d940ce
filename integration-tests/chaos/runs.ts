/** The journal as runs: who performed which job from when to when, and how that ended. */
import type { Death } from "./child"
import type { Entry } from "./process/journal"

export interface Run extends Pick<Entry, "id" | "identifier" | "attempt" | "pid" | "message"> {
  /** Milliseconds of the monotonic clock. */
  began: number
  /** The run of a process that died ends with it; Infinity while it runs. */
  ended: number
  how: "returned" | "threw" | "died" | "runs"
}

export function readRuns(journal: readonly Entry[], deaths: readonly Death[] = []): Run[] {
  const diedAt = new Map(deaths.map(({ pid, at }) => [pid, at]))
  const runs: Run[] = []
  const open = new Map<string, Run>()
  for (const { event, at, message, ...run } of journal) {
    const key = `${run.pid}:${run.id}:${run.attempt}`
    if (event === "began") {
      const death = diedAt.get(run.pid)
      const begun: Run = {
        ...run,
        began: at,
        ended: death ?? Infinity,
        how: death === undefined ? "runs" : "died",
      }
      runs.push(begun)
      open.set(key, begun)
    } else {
      Object.assign(open.get(key)!, { ended: at, how: event, message })
    }
  }
  return runs
}

export function byJob(runs: readonly Run[]): Map<string, Run[]> {
  const jobs = new Map<string, Run[]>()
  for (const run of runs) {
    jobs.set(run.id, [...(jobs.get(run.id) ?? []), run])
  }
  return jobs
}

/** Pairs of runs of one job that lived at the same time. */
export function overlapping(runs: readonly Run[]): [Run, Run][] {
  return [...byJob(runs).values()].flatMap((ofJob) => {
    const ordered = [...ofJob].sort((a, b) => a.began - b.began)
    return ordered
      .slice(1)
      .map((run, n): [Run, Run] => [ordered[n], run])
      .filter(([before, after]) => after.began < before.ended)
  })
}
