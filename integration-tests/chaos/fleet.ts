/** Several worker processes, each replaced when it dies, and what each death left behind in the tables. */
import { setTimeout as delay } from "node:timers/promises"
import type { JobQueueOptions } from "../../src"
import type { Child, Death } from "./child"
import type { Scene } from "./scene"

const SETTLED_MILLISECONDS = 150

/** A job that ran, as far as the table knew, under a process that died. */
export interface Orphan {
  id: string
  pid: number
  /** Counted with the claim that died. */
  attempts: number
  /** False: it was claimed ahead only. */
  begun: boolean
  /** When its process died. */
  since: number
}

interface FleetOptions {
  size: number
  options: JobQueueOptions
  /** Puts the lease of a dead process into the past, instead of waiting until it runs out. */
  endsLeases?: boolean
}

export class Fleet {
  readonly deaths: Death[] = []
  readonly orphans: Orphan[] = []
  readonly #scene: Scene
  readonly #wanted: FleetOptions
  readonly #children = new Set<Child>()
  readonly #ready = new Set<Child>()
  readonly #burials = new Set<Promise<void>>()

  constructor(scene: Scene, wanted: FleetOptions) {
    this.#scene = scene
    this.#wanted = wanted
  }

  async start(): Promise<void> {
    await Promise.all(Array.from({ length: this.#wanted.size }, () => this.#add().ready))
  }

  /**
   * Kills one every second or two, whichever the numbers choose, until `signal` aborts. It waits while most of
   * them still begin, as on a slow machine: else none would live long enough to work.
   */
  async killAtRandom(random: () => number, signal: AbortSignal): Promise<void> {
    for (;;) {
      await delay(1000 + 1000 * random(), undefined, { signal }).catch(() => undefined)
      if (signal.aborted) {
        return
      }
      const candidates = [...this.#ready]
      if (candidates.length > this.#wanted.size / 2) {
        await candidates[Math.floor(random() * candidates.length)].kill()
      }
    }
  }

  /** Resolves when what the dead left behind is known. */
  async buried(): Promise<void> {
    await Promise.all(this.#burials)
  }

  /** Deaths that nobody ordered. */
  surprises(): string[] {
    const isSurprise = ({ signal }: Death) => signal !== "SIGKILL"
    return this.deaths
      .filter(isSurprise)
      .map(({ pid, code, signal }) => `${pid} ended with ${signal ?? code}`)
  }

  #add(): Child {
    const child = this.#scene.spawn(this.#wanted.options)
    this.#children.add(child)
    void child.ready.then(() => this.#ready.add(child)).catch(() => undefined) // its death says why
    void child.died.then((death) => {
      this.#children.delete(child)
      this.#ready.delete(child)
      if (!this.#scene.isClosing) {
        this.deaths.push(death)
        this.#burials.add(this.#bury(death))
        this.#add()
      }
    })
    return child
  }

  async #bury({ pid, at }: Death): Promise<void> {
    const orphans = await this.#leftBy(pid)
    this.orphans.push(...orphans.map((orphan) => ({ ...orphan, pid, since: at })))
    if (this.#wanted.endsLeases) {
      await endLease(this.#scene, pid)
    }
  }

  /** Asks until two answers agree: statements that the process had sent may still commit. */
  async #leftBy(pid: number): Promise<Pick<Orphan, "id" | "attempts" | "begun">[]> {
    let before: string | undefined
    for (;;) {
      const rows = await this.#scene.sql<Pick<Orphan, "id" | "attempts" | "begun">>(
        `select l.id::text, l.attempts, l.begun from jobqueue_live l join jobqueue_worker w on w.id = l.worker
         where w.pid = $1 and l.state = 'running' order by l.id`,
        [pid]
      )
      if (JSON.stringify(rows) === before) {
        return rows
      }
      before = JSON.stringify(rows)
      await delay(SETTLED_MILLISECONDS)
    }
  }
}

/** As if the process had not beaten for longer than its lease. */
export async function endLease(scene: Scene, pid: number): Promise<void> {
  await scene.sql("update jobqueue_worker set lease_until = now() - interval '1 second' where pid = $1", [
    pid,
  ])
}
