/** Calls code of a shop that must not break anything: what it throws is logged, and it is waited for only for a time. */
import type { Logger } from "@medusajs/framework/types"
import { recordThrown } from "../job/thrown"
import { isThenable } from "../job/thenable"
import { pause } from "./pause"

export interface SafetyLimits {
  logger: Logger
  /** Milliseconds that one call is waited for. */
  hookTimeout: number
}

const LATE = Symbol("late")

/**
 * What `call` answered in time, else undefined. Never rejects.
 * @param what - names the call in the log
 */
export async function safely<T>(
  what: string,
  { logger, hookTimeout }: SafetyLimits,
  call: () => T | PromiseLike<T>
): Promise<T | undefined> {
  const failed = (thrown: unknown) => logFailure(what, thrown, logger)
  try {
    const value = call()
    return isThenable<T>(value)
      ? await inTime(what, { logger, hookTimeout }, value.then(undefined, failed))
      : value
  } catch (thrown) {
    return failed(thrown)
  }
}

async function inTime<T>(
  what: string,
  { logger, hookTimeout }: SafetyLimits,
  work: PromiseLike<T | undefined>
): Promise<T | undefined> {
  const ended = new AbortController()
  const answer = await Promise.race([work, pause(hookTimeout, ended.signal).then((): typeof LATE => LATE)])
  ended.abort()
  if (answer !== LATE) {
    return answer
  }
  logger.error(`${what} has not ended after ${hookTimeout} ms: nobody waits for it any longer`)
  return undefined
}

function logFailure(what: string, thrown: unknown, logger: Logger): undefined {
  logger.error(
    `${what} failed, which changes nothing else: ${recordThrown(thrown).message}`,
    thrown instanceof Error ? thrown : undefined
  )
  return undefined
}
