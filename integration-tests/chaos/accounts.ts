/** The books after a crash: what each job must have come to, and whether the attempts that were counted are right. */
import type { Orphan } from "./fleet"
import { byJob, type Run } from "./runs"
import type { Scene } from "./scene"

/** Orphans must run again within this time: the lease's 12 s, a beat and a rescue. */
export const ORPHAN_MILLISECONDS = 20_000

/** So often may a job be performed by processes that died meanwhile; then it counts as their murderer. */
const CRASH_LIMIT = 3

export interface Ended {
  id: string
  state: string
  attempts: number
  max_attempts: number
}

export async function readEnded(scene: Scene): Promise<Ended[]> {
  return scene.sql("select id::text, state, attempts, max_attempts from jobqueue_outcome")
}

/** Jobs that are missing, or ended otherwise than `expected` says by id. */
export function unexpectedEnds(
  expected: ReadonlyMap<string, string>,
  ended: readonly Ended[],
  orphans: readonly Orphan[]
): string[] {
  const states = new Map(ended.map(({ id, state }) => [id, state]))
  const crashes = countBy(orphans.filter(({ begun }) => begun))
  const isFair = (id: string, state: string | undefined, wanted: string) =>
    state === wanted || (state === "failed" && (crashes.get(id) ?? 0) >= CRASH_LIMIT)
  return [...expected]
    .filter(([id, wanted]) => !isFair(id, states.get(id), wanted))
    .map(([id, wanted]) => `#${id} is ${states.get(id) ?? "lost"}, not ${wanted}`)
}

/**
 * Jobs with other attempts than were begun. A claim that died before the job's code began counts when it was
 * made for a free place, and does not count when it was made ahead.
 */
export function miscounted(
  ended: readonly Ended[],
  runs: readonly Run[],
  orphans: readonly Orphan[]
): string[] {
  const runsById = byJob(runs)
  const orphansById = groupById(orphans)
  return ended.flatMap(({ id, attempts, max_attempts }) => {
    const ofJob = runsById.get(id) ?? []
    const hasRun = ({ pid, attempts: attempt }: Orphan) =>
      ofJob.some((run) => run.pid === pid && run.attempt === attempt)
    const dead = orphansById.get(id) ?? []
    const countedOnly = dead.filter((orphan) => orphan.begun && !hasRun(orphan)).length
    const givenBack = dead.filter((orphan) => !orphan.begun && hasRun(orphan)).length
    const counted = ofJob.length + countedOnly - givenBack
    return attempts === counted && attempts <= max_attempts
      ? []
      : [
          `#${id}: ${attempts} of ${max_attempts} attempts, but ${counted} were made: ${JSON.stringify({ ofJob, dead })}`,
        ]
  })
}

/**
 * For each orphan that was taken up again: after how many milliseconds. Who took it may have been killed between its claim
 * and the job's first line, which no queue can prevent: then it is an orphan of that death, and waits anew.
 */
export function returns(orphans: readonly Orphan[], runs: readonly Run[]): { id: string; after: number }[] {
  const runsById = byJob(runs)
  const orphansById = groupById(orphans)
  return orphans.flatMap(({ id, pid, since }) => {
    const began = (runsById.get(id) ?? []).filter((run) => run.pid !== pid).map((run) => run.began)
    const again = (orphansById.get(id) ?? []).map((orphan) => orphan.since)
    const next = Math.min(...[...began, ...again].filter((time) => time > since))
    return next < Infinity ? [{ id, after: next - since }] : []
  })
}

function countBy(items: readonly { id: string }[]): Map<string, number> {
  return new Map(Array.from(groupById(items), ([id, ofJob]) => [id, ofJob.length]))
}

function groupById<T extends { id: string }>(items: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    groups.set(item.id, [...(groups.get(item.id) ?? []), item])
  }
  return groups
}
