/**
 * A callback that comes in at its address: the job that waits for it is resolved; one that still runs, because the third
 * party was quicker than `perform`, has it kept until it waits.
 */
import { timingSafeEqual } from "node:crypto"
import type { WaitingJobs } from "../backend/waiting"
import type { RegisteredClasses } from "../job/registry"
import type { FoundCallback, KeptCallback } from "../table/callback"
import type { Actor } from "../table/repair-request"
import type { Resolver } from "./resolve"

/**
 * What came of it: `resolved`: the job knows it. `kept`: it will. `unknown`: there is no such address. `ended`: the address
 * was used, or its job no longer waits. `busy`: another callback is being handled; send it again. `failed`: the job could
 * not take it and still waits; send it again.
 */
export type CallbackReceipt = "resolved" | "kept" | "unknown" | "ended" | "busy" | "failed"

/** It may begin to wait, or end it, between the look and the deed. */
const LOOKS = 3

/** So much of the hash tells the addresses of one job apart, and lets nobody in. */
const SHOWN_DIGITS = 8

export class CallbackReceiver {
  readonly #waiting: WaitingJobs
  readonly #resolver: Resolver
  readonly #registry: Pick<RegisteredClasses, "get" | "identifiers">

  constructor(
    waiting: WaitingJobs,
    resolver: Resolver,
    registry: Pick<RegisteredClasses, "get" | "identifiers">
  ) {
    this.#waiting = waiting
    this.#resolver = resolver
    this.#registry = registry
  }

  /** Where an address stands; nothing changes. */
  async look(hash: Buffer): Promise<"unknown" | "ended" | "open"> {
    const found = await this.#find(hash)
    return found === undefined ? "unknown" : isOpen(found) ? "open" : "ended"
  }

  async receive(hash: Buffer, data: unknown): Promise<CallbackReceipt> {
    for (let look = 0; look < LOOKS; look++) {
      const found = await this.#find(hash)
      if (found === undefined) {
        return "unknown"
      }
      const receipt = isOpen(found) ? await this.#deliver(found, data) : "ended"
      if (receipt !== undefined) {
        return receipt
      }
    }
    return "busy"
  }

  /** Hands over what was kept for jobs that wait by now. */
  async handOverKept(): Promise<void> {
    const kept = await this.#waiting.kept(this.#registry.identifiers())
    await Promise.all(kept.map((one) => this.#handOver(one)))
  }

  /** Undefined when it was no longer as it was found, or another resolver has the job. */
  async #deliver(found: FoundCallback, data: unknown): Promise<CallbackReceipt | undefined> {
    if (found.state === "running") {
      return (await this.#waiting.keep(found.hash, data)) ? "kept" : undefined
    }
    const { id, claim, hash } = found
    const held = await this.#resolver.take({ id, claim, isKept: false }, actorOf(hash))
    if (!held) {
      return undefined
    }
    try {
      await this.#resolver.resolve(held, data)
      return "resolved"
    } catch {
      return (await this.look(hash)) === "open" ? "failed" : "ended" // the error is in the log
    }
  }

  async #handOver({ id, claim, hash }: KeptCallback): Promise<void> {
    const held = await this.#resolver.take({ id, claim, isKept: true }, actorOf(hash))
    if (held?.waiting.kept) {
      const data: unknown = JSON.parse(held.waiting.kept)
      await this.#resolver.resolve(held, data).catch(() => undefined) // it is in the log, and comes again
    }
  }

  /** The index finds it; that it is the same is asked in constant time. */
  async #find(hash: Buffer): Promise<FoundCallback | undefined> {
    const found = await this.#waiting.find(hash)
    return found && timingSafeEqual(found.hash, hash) ? found : undefined
  }
}

function isOpen({ isUsed, state }: FoundCallback): boolean {
  return !isUsed && (state === "running" || state === "waiting")
}

function actorOf(hash: Buffer): Actor {
  return { type: "callback", id: hash.toString("hex").slice(0, SHOWN_DIGITS) }
}
