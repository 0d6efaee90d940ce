/**
 * Resolve: what ends a job's waiting. One resolver at a time holds a job, by a lease that lapses when its process dies;
 * what came of the callback is written only when the job still waits.
 */
import { randomUUID } from "node:crypto"
import type { WaitingJobs } from "../backend/waiting"
import { beingResolved, resolvedTooLate } from "../errors/callback"
import { illegalAction, jobNotFound } from "../errors/repair"
import type { Handover } from "../table/callback"
import type { Actor } from "../table/repair-request"
import type { Resolution, WaitingJob } from "../table/resolve"
import type { Conclusion } from "../table/settle"
import { isFinished } from "../job/states"
import type { Afterwards } from "./afterwards"
import { concludeRejected } from "./conclude-waiting"
import { describeJob } from "./job-context"
import { logOutcome } from "./log-outcome"
import { askJob, LONGEST_MILLISECONDS, runOfCallback, type OnCallbackDependencies } from "./on-callback"
import { ABORT_GRACE_MILLISECONDS, type AbortCause, type Run } from "./run"

/** As long as `onCallback` may take, and then some to write what came of it. */
const LEASE_MILLISECONDS = LONGEST_MILLISECONDS + ABORT_GRACE_MILLISECONDS + 10_000

/** What was kept for a job whose `onCallback` threw is handed over again: its sender won't send it again. */
const KEPT_PAUSE_MILLISECONDS = 30_000

export interface ResolveDependencies extends OnCallbackDependencies {
  waiting: WaitingJobs
  afterwards: Afterwards
}

/** A waiting job in the hands of its resolver. */
export interface HeldJob {
  waiting: WaitingJob
  resolver: string
  actor: Actor | undefined
}

export class Resolver {
  readonly #deps: ResolveDependencies
  readonly #runs = new Set<Run>()

  constructor(deps: ResolveDependencies) {
    this.#deps = deps
  }

  /** Takes the job, to be resolved or rejected next. Undefined when it does not wait, or another resolver has it. */
  async take(target: Pick<Handover, "id" | "claim" | "isKept">, actor?: Actor): Promise<HeldJob | undefined> {
    const resolver = randomUUID()
    const waiting = await this.#deps.waiting.begin({ ...target, resolver, lease: LEASE_MILLISECONDS })
    return waiting && { waiting, resolver, actor }
  }

  /** Why it could not be taken. */
  async whyNot(id: number, action: Resolution["action"]): Promise<Error> {
    const state = await this.#deps.waiting.stateOf(id)
    if (state === undefined) {
      return jobNotFound(String(id))
    }
    return state === "waiting"
      ? beingResolved(String(id))
      : illegalAction(action, String(id), state, ["waiting"])
  }

  /** @throws whatever `onCallback` throws: the job goes on waiting; MedusaError when its waiting ended meanwhile */
  resolve(held: HeldJob, data: unknown): Promise<Conclusion> {
    return this.#conclude(held, "resolve", () => this.#ask(held.waiting, data))
  }

  /** @throws MedusaError when its waiting ended meanwhile */
  reject(held: HeldJob, reason: string, retry: boolean): Promise<Conclusion> {
    const conclusion = concludeRejected({ claimed: held.waiting }, reason, retry)
    return this.#conclude(held, "reject", () => Promise.resolve(conclusion))
  }

  /** Aborts every `onCallback` that runs in this process. */
  abortAll(cause: AbortCause): void {
    this.#runs.forEach((run) => run.abort(cause))
  }

  async #ask(waiting: WaitingJob, data: unknown): Promise<Conclusion> {
    const run = runOfCallback(waiting)
    this.#runs.add(run)
    try {
      return await askJob(run, data, this.#deps)
    } finally {
      this.#runs.delete(run)
    }
  }

  async #conclude(
    held: HeldJob,
    action: Resolution["action"],
    decide: () => Promise<Conclusion>
  ): Promise<Conclusion> {
    const { waiting: claimed } = held
    try {
      const conclusion = await decide()
      await this.#settle(held, action, conclusion)
      logOutcome({ claimed }, conclusion, this.#deps.logger)
      if (isFinished(conclusion.state) || conclusion.state === "held") {
        this.#deps.afterwards.ended([claimed.id])
      }
      return conclusion
    } catch (error) {
      this.#deps.logger.error(`${describeJob(claimed)}: its callback changed nothing`, error as Error)
      await this.#free(held)
      throw error
    }
  }

  async #settle({ waiting, resolver, actor }: HeldJob, action: Resolution["action"], conclusion: Conclusion) {
    const { id, claim, attempt, worker, keep } = waiting
    const settlement = { id, claim, attempt, worker, keep, conclusion }
    if (!(await this.#deps.waiting.settle({ settlement, resolver, action, actor }))) {
      throw resolvedTooLate(String(id), (await this.#deps.waiting.stateOf(id)) ?? "gone")
    }
  }

  /** A lease that can't be given back lapses. */
  async #free({ waiting, resolver }: HeldJob): Promise<void> {
    try {
      await this.#deps.waiting.free(waiting, resolver, KEPT_PAUSE_MILLISECONDS)
    } catch (error) {
      const why = (error as Error).message
      this.#deps.logger.warn(
        `${describeJob(waiting)}: its resolver could not be taken off, so that nobody can resolve it for ${LEASE_MILLISECONDS} ms: ${why}`
      )
    }
  }
}
