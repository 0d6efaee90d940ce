/** The verbs that end the waiting of jobs which were handed to a third party. */
import { callbackNotFound, callbackTooLarge, invalidCallbackData, invalidRejection } from "../errors/callback"
import { findJsonProblem, type JsonValue } from "../job/json"
import type { JobState } from "../job/states"
import { callbackHash } from "../lifecycle/callback-address"
import type { CallbackReceipt } from "../lifecycle/receive-callback"
import type { HeldJob } from "../lifecycle/resolve"
import { parseJobId } from "../table/job-id"
import type { Actor } from "../table/repair-request"
import type { Resolution } from "../table/resolve"
import { BulkVerbs } from "./bulk-verbs"

/** What became of a waiting job. */
export interface ResolvedJob {
  id: string
  /** `waiting` when its `onCallback` decided to wait on. */
  state: JobState
}

/** Why a third party's work came to nothing. */
export interface Rejection {
  reason: string
  /** `false`: the job has failed, whatever attempts are left. Default `true`: a failed attempt, tried again. */
  retry?: boolean
}

/** An address that a callback came in at, as far as whoever called may know. */
export interface CallbackAddress {
  /** The hash of its token, as hex: the token itself goes no further. */
  hash: string
  /** False when it was used, or its job no longer waits. */
  isOpen: boolean
  /** What its body may have at most. */
  maxBytes: number
}

export class CallbackVerbs extends BulkVerbs {
  /**
   * Ends the waiting of a job: its `onCallback` decides what `data` means, and without one the job is completed with it.
   * @param data - JSON; default null
   * @throws MedusaError NOT_FOUND, or NOT_ALLOWED when the job does not wait, is being resolved at this moment, can't be
   *   performed in this process, or stopped waiting meanwhile; INVALID_DATA for data that is no JSON or too large; and
   *   whatever `onCallback` throws. The job goes on waiting then.
   */
  async resolve(id: string, data: JsonValue = null, actor?: Actor): Promise<ResolvedJob> {
    this.checkCallbackData_(data)
    const held = await this.takeWaiting_(id, "resolve", actor)
    const { state } = await this.engine_.resolver.resolve(held, data)
    return { id, state }
  }

  /**
   * Says that the third party failed: a failed attempt, tried again after the backoff until the limit.
   * @param rejection - the reason, or `{ reason, retry: false }` to fail the job at once
   * @throws MedusaError as `resolve`
   */
  async reject(id: string, rejection: string | Rejection, actor?: Actor): Promise<ResolvedJob> {
    const { reason, retry = true } = typeof rejection === "string" ? { reason: rejection } : rejection
    if (typeof reason !== "string" || typeof retry !== "boolean") {
      throw invalidRejection(rejection)
    }
    const held = await this.takeWaiting_(id, "reject", actor)
    const { state } = await this.engine_.resolver.reject(held, reason, retry)
    return { id, state }
  }

  /** For a route of callbacks: counts a request. Answers the seconds that it must wait; 0 when it may come in. */
  admitCallback(address: string): number {
    return this.engine_.callbackLimiter.admit(address)
  }

  /** For a route of callbacks. @throws MedusaError NOT_FOUND for a token that never was */
  async findCallback(token: string): Promise<CallbackAddress> {
    const hash = callbackHash(token)
    const standing = hash ? await this.engine_.callbacks.look(hash) : "unknown"
    if (!hash || standing === "unknown") {
      throw callbackNotFound()
    }
    const { maxPayloadBytes: maxBytes } = this.engine_.options
    return { hash: hash.toString("hex"), isOpen: standing === "open", maxBytes }
  }

  /**
   * For a route of callbacks: gives the job what came in at its address. What its `onCallback` throws is logged and
   * answered as `failed`.
   * @param hash - of `findCallback`
   * @throws MedusaError INVALID_DATA for data that is no JSON or too large
   */
  async receiveCallback(hash: string, data: JsonValue): Promise<CallbackReceipt> {
    this.checkCallbackData_(data)
    return this.engine_.callbacks.receive(Buffer.from(hash, "hex"), data)
  }

  protected async takeWaiting_(
    publicId: string,
    action: Resolution["action"],
    actor: Actor | undefined
  ): Promise<HeldJob> {
    const { resolver } = this.engine_
    const id = parseJobId(publicId)
    const held = await resolver.take({ id, isKept: false }, actor)
    if (!held) {
      throw await resolver.whyNot(id, action)
    }
    return held
  }

  protected checkCallbackData_(data: unknown): void {
    const problem = findJsonProblem(data, "data")
    if (problem) {
      throw invalidCallbackData(problem)
    }
    const { maxPayloadBytes } = this.engine_.options
    if (Buffer.byteLength(JSON.stringify(data)) > maxPayloadBytes) {
      throw callbackTooLarge(maxPayloadBytes)
    }
  }
}
